#include "tool/run/live_source.h"

#include <linux/bpf.h>

#include "tool/declaration/tool.h"

namespace sonde::tool {
namespace {

constexpr unsigned kPerfPages = 64;  // a CPU

Result<Elements> with_sizes(const Map& map, Result<Map::Elements> read) {
  if (!read) return tl::unexpected(read.error());
  return Elements{std::move(read->keys), std::move(read->values), read->count,
                  map.key_size(),        map.value_size(),        map.value_bytes()};
}

}  // namespace

Result<Elements> LiveSource::elements(const std::string& name) {
  ASSIGN_OR_RETURN(Map map, session_.map(name));
  return with_sizes(map, map.elements());
}

Result<Elements> LiveSource::take_elements(const std::string& name) {
  ASSIGN_OR_RETURN(Map map, session_.map(name));
  return with_sizes(map, map.take_elements());
}

Result<std::string> LiveSource::lookup(const std::string& name, std::string_view key) {
  ASSIGN_OR_RETURN(Map map, session_.map(name));
  if (key.size() != map.key_size()) {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("a key of {} has {} bytes, not {}", name, map.key_size(), key.size()));
  }
  std::string value(map.value_bytes(), '\0');
  RETURN_IF_ERROR(map.lookup(key.data(), value.data()));
  return value;
}

Status LiveSource::open_buffer(const std::string& name, std::function<void(std::string_view)> on_event) {
  ASSIGN_OR_RETURN(Map map, session_.map(by_perf_buffer_ ? perf_buffer_of(name) : name));
  auto counted = [](int, uint64_t) {};  // told at the end, from lost()
  if (map.type() == BPF_MAP_TYPE_RINGBUF) {
    auto on_record = [on_event = std::move(on_event)](const void* data, uint32_t size) {
      on_event({static_cast<const char*>(data), size});
      return 0;
    };
    return map.open_ring_buffer(std::move(on_record), counted);
  }
  auto on_sample = [on_event = std::move(on_event)](int, const void* data, uint32_t size) {
    on_event({static_cast<const char*>(data), size});
  };
  return map.open_perf_buffer(std::move(on_sample), counted, kPerfPages);
}

uint64_t LiveSource::lost(const std::string& name) {
  Result<Map> map = session_.map(name);
  return map ? map->lost() : 0;
}

}  // namespace sonde::tool
