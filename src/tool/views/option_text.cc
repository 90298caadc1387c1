// Words in braces that are options.
#include "tool/views/option_text.h"

#include <fmt/format.h>

#include "tool/formats/text_template.h"
#include "tool/formats/value_type.h"

namespace sonde::tool {

std::string filled_by_options(const std::string& pattern, RunContext& context) {
  const Settings& settings = context.settings;
  return filled(pattern, context.formats, [&](const std::string& word) -> std::string {
    size_t question = word.find('?');
    if (question != std::string::npos) {
      bool wanted = !word.starts_with('!');
      std::string name = word.substr(wanted ? 0 : 1, question - (wanted ? 0 : 1));
      bool on = name == "interval" ? settings.interval != 0 : settings.on(name);
      return on == wanted ? filled_by_options(word.substr(question + 1), context) : "";
    }
    if (word == kProcessCondition && !find_option(context.tool, word)) return std::to_string(settings.filter.pid);
    if (word == "duration" && settings.duration) return fmt::format("{:g}", *settings.duration);
    if (word == "probes") return settings.probes;
    if (word == "probe_count") return std::to_string(settings.probe_names.size());
    if (word == "interval") return std::to_string(settings.interval);
    if (word == "end")
      return settings.duration ? fmt::format(" for {:g} secs.", *settings.duration) : "... Hit Ctrl-C to end.";
    const ToolOption* option = find_option(context.tool, word);
    auto value = settings.values.find(word);
    if (!option || value == settings.values.end()) return "";
    ColumnStyle plain;
    return text_of({context.spec(), option->type, value->second, plain, context.formats});
  });
}

}  // namespace sonde::tool
