// Lines with words in braces.
#include "tool/formats/text_template.h"

#include "tool/text/template_parts.h"

namespace sonde::tool {
namespace {

std::string load_average(FormatContext& formats) {
  std::string text = formats.file("/proc/loadavg");
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string filled(const std::string& pattern, FormatContext& formats,
                   const std::function<std::string(const std::string& word)>& value_of) {
  std::string text;
  for (const TemplatePart& part : template_parts(pattern)) {
    if (!part.is_word) text += part.text;
    else if (part.text == "time") text += formats.now_clock();
    else if (part.text == "loadavg") text += load_average(formats);
    else text += value_of(std::string(part.text));
  }
  return text;
}

}  // namespace sonde::tool
