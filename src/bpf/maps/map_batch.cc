// Many elements of a map in one go; map_batch.h tells how.
#include "bpf/maps/map_batch.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "bpf/maps/map_element.h"

namespace sonde::bpf {
namespace {

constexpr int kNotSupported = 524;  // ENOTSUPP, which the kernel keeps to itself
constexpr size_t kFirstChunk = 4096;
constexpr size_t kMaxElements = 16u << 20;

// What kernels say that do not know the command (EINVAL), or not for this kind of map.
bool has_no_batches(int code) {
  return code == EINVAL || code == kNotSupported || code == EOPNOTSUPP || code == ENOSYS;
}

// What user space may not read at all: programs' sockets, cgroups, counters.
bool is_unreadable(int code) { return code == ENOENT || code == kNotSupported || code == EOPNOTSUPP || code == ENOSPC; }

// A map that is written to meanwhile may send a walk round again and again.
size_t most_elements(const MapShape& map) { return std::min<size_t>(size_t{2} * map.max_entries + 64, kMaxElements); }

class BatchReader {
 public:
  BatchReader(const MapShape& map, bool take, Elements& elements)
      : map_(map),
        take_(take),
        elements_(elements),
        chunk_(std::clamp<size_t>(map.max_entries, 1, kFirstChunk)),
        position_(std::max<size_t>(map.key_size, 8)),
        next_(position_.size()) {}

  int read() {
    bool first = true;
    while (elements_.count < most_elements(map_)) {
      uint32_t count = 0;
      int code = fetch(first, count);
      if (code == ENOSPC && chunk_ < kMaxElements) {  // a bucket of the hash holds more than this
        chunk_ *= 4;
        continue;
      }
      if (code != 0 && code != ENOENT) return code;
      keep(count);
      if (code == ENOENT || (first && count == 0)) return 0;
      position_ = next_;
      first = false;
    }
    return 0;
  }

 private:
  int fetch(bool first, uint32_t& count) {
    keys_.resize(chunk_ * map_.key_size);
    values_.resize(chunk_ * map_.value_bytes);
    count = static_cast<uint32_t>(chunk_);
    void* from = first ? nullptr : position_.data();
    int result = take_
                     ? bpf_map_lookup_and_delete_batch(map_.fd, from, next_.data(), keys_.data(), values_.data(),
                                                       &count, nullptr)
                     : bpf_map_lookup_batch(map_.fd, from, next_.data(), keys_.data(), values_.data(), &count, nullptr);
    int code = result == 0 ? 0 : errno;
    if (code != 0 && code != ENOENT) count = 0;
    count = static_cast<uint32_t>(std::min<size_t>(count, chunk_));
    return code;
  }

  void keep(uint32_t count) {
    elements_.keys.append(keys_.data(), size_t{count} * map_.key_size);
    elements_.values.append(values_.data(), size_t{count} * map_.value_bytes);
    elements_.count += count;
  }

  const MapShape& map_;
  bool take_;
  Elements& elements_;
  size_t chunk_;
  std::vector<char> position_, next_, keys_, values_;
};

// The keys come first: a walk loses its place when the key that it stands on is removed.
int walk_keys(const MapShape& map, std::string& keys, size_t& count) {
  std::vector<char> key(map.key_size);
  size_t most = most_elements(map);
  count = 0;
  int code = next_key(map.fd, nullptr, key.data());
  while (code == 0 && count < most) {
    keys.append(key.data(), key.size());
    count++;
    code = next_key(map.fd, keys.data() + keys.size() - key.size(), key.data());
  }
  return code == ENOENT ? 0 : code;
}

int walk_elements(const MapShape& map, bool take, Elements& elements) {
  std::string keys;
  size_t count = 0;
  if (int code = walk_keys(map, keys, count); code != 0) return code;
  std::vector<char> value(map.value_bytes);
  for (size_t i = 0; i < count; i++) {
    const char* key = keys.data() + i * map.key_size;
    int code = look_up(map.fd, key, value.data());
    if (code != 0 && !is_unreadable(code)) return code;
    if (code != 0) continue;
    if (take) remove(map.fd, key);
    elements.keys.append(key, map.key_size);
    elements.values.append(value.data(), value.size());
    elements.count++;
  }
  return 0;
}

}  // namespace

int read_elements(const MapShape& map, bool take, Elements& elements) {
  int code = BatchReader(map, take, elements).read();
  // After elements were taken there is no beginning again.
  if (code == 0 || (take && elements.count > 0)) return code;
  elements = {};
  return walk_elements(map, take, elements);
}

int update_elements(const MapShape& map, const char* keys, const char* values, size_t count, uint64_t flags,
                    size_t& done) {
  LIBBPF_OPTS(bpf_map_batch_opts, options, .elem_flags = flags);
  auto handled = static_cast<uint32_t>(count);
  done = 0;
  if (bpf_map_update_batch(map.fd, keys, values, &handled, &options) == 0) return done = count, 0;
  if (!has_no_batches(errno)) return done = std::min<size_t>(handled, count), errno;
  for (; done < count; done++) {
    int code = update(map.fd, keys + done * map.key_size, values + done * map.value_bytes, flags);
    if (code != 0) return code;
  }
  return 0;
}

int remove_elements(const MapShape& map, const char* keys, size_t count, size_t& done) {
  auto handled = static_cast<uint32_t>(count);
  done = 0;
  if (bpf_map_delete_batch(map.fd, keys, &handled, nullptr) == 0) return done = count, 0;
  if (!has_no_batches(errno)) return done = std::min<size_t>(handled, count), errno;
  for (; done < count; done++) {
    if (int code = remove(map.fd, keys + done * map.key_size); code != 0) return code;
  }
  return 0;
}

int remove_all_elements(const MapShape& map) {
  std::string keys;
  size_t count = 0;
  if (int code = walk_keys(map, keys, count); code != 0) return code;
  for (size_t at = 0; at < count;) {
    size_t done = 0;
    int code = remove_elements(map, keys.data() + at * map.key_size, count - at, done);
    at += done;
    if (code == ENOENT) at++;
    else if (code != 0) return code;
  }
  return 0;
}

int count_elements(const MapShape& map, size_t& count) {
  std::string keys;
  return walk_keys(map, keys, count);
}

}  // namespace sonde::bpf
