// Lines with words in braces.
#include "frame/pattern.h"

#include "base/file.h"
#include "frame/value_type.h"

namespace sonde::frame {
namespace {

std::string load_average() {
  std::string text = base::read_file("/proc/loadavg").value_or("");
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string filled(const std::string& pattern, const std::function<std::string(const std::string& word)>& value_of) {
  std::string text;
  for (size_t at = 0; at < pattern.size();) {
    size_t end = pattern[at] == '{' ? pattern.find('}', at) : std::string::npos;
    if (end == std::string::npos) {
      text += pattern[at++];
      continue;
    }
    std::string word = pattern.substr(at + 1, end - at - 1);
    at = end + 1;
    text += word == "time" ? Surroundings::now_clock() : word == "loadavg" ? load_average() : value_of(word);
  }
  return text;
}

}  // namespace sonde::frame
