#include "bpf/hooks/tracepoint_check.h"

#include <algorithm>

#include "kernel/release.h"
#include "kernel/suggestion.h"

namespace sonde::bpf {
namespace {

// Compiled fields of dynamic data carry the dialect's prefix: `__data_loc char[] name` is read as data_loc_name.
std::string_view plain_name(std::string_view name) {
  constexpr std::string_view kPrefix = "data_loc_";
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
}

const kernel::FormatField* find_field(const kernel::EventFormat& format, std::string_view name) {
  auto with_name = [&](std::string_view wanted) {
    return std::find_if(format.fields.begin(), format.fields.end(),
                        [&](const auto& field) { return field.name == wanted; });
  };
  auto found = with_name(name);
  if (found == format.fields.end()) found = with_name(plain_name(name));
  return found == format.fields.end() ? nullptr : &*found;
}

tl::unexpected<Error> moved(const spec::Tracepoint& compiled, std::string what) {
  return base::fail(ErrorKind::kUnsupported,
                    fmt::format("tracepoint {}:{}: {}", compiled.category, compiled.event, what),
                    fmt::format("the object was compiled for another kernel; compile it again on this one ({})",
                                kernel::running_release()));
}

}  // namespace

Status check_tracepoint(const spec::Tracepoint& compiled, const kernel::EventFormat& running) {
  for (const spec::TracepointField& field : compiled.fields) {
    const kernel::FormatField* now = find_field(running, field.name);
    if (!now) {
      kernel::Suggestion suggestion(field.name);
      for (const auto& other : running.fields) suggestion.offer(other.name);
      return moved(compiled, fmt::format("this kernel's has no field {}{}", field.name,
                                         kernel::suggestion_phrase(suggestion.best())));
    }
    if (now->offset != field.offset) {
      return moved(compiled,
                   fmt::format("the field {} moved from byte {} to byte {}", field.name, field.offset, now->offset));
    }
    if (now->size != field.size) {
      return moved(compiled, fmt::format("the field {} has {} bytes in this kernel, {} when it was compiled",
                                         field.name, now->size, field.size));
    }
  }
  return {};
}

Status check_tracepoint(const spec::Spec& spec, std::string_view category_and_event) {
  for (const spec::Tracepoint& compiled : spec.tracepoints) {
    if (fmt::format("{}:{}", compiled.category, compiled.event) != category_and_event) continue;
    ASSIGN_OR_RETURN(const kernel::Tracefs* tracefs, kernel::Tracefs::open());
    ASSIGN_OR_RETURN(std::string text, tracefs->format_text(category_and_event));
    ASSIGN_OR_RETURN(kernel::EventFormat running, kernel::parse_format(text));
    RETURN_IF_ERROR(check_tracepoint(compiled, running));
  }
  return {};
}

}  // namespace sonde::bpf
