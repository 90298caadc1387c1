// Words in braces that are options.
#include "frame/option_text.h"

#include <fmt/format.h>

#include "frame/pattern.h"

namespace sonde::frame {

std::string filled_by_options(const std::string& pattern, Stage& stage) {
  const Choices& choices = stage.choices;
  return filled(pattern, [&](const std::string& word) -> std::string {
    size_t question = word.find('?');
    if (question != std::string::npos) {
      bool wanted = !word.starts_with('!');
      std::string name = word.substr(wanted ? 0 : 1, question - (wanted ? 0 : 1));
      bool on = name == "interval" ? choices.interval != 0 : choices.on(name);
      return on == wanted ? filled_by_options(word.substr(question + 1), stage) : "";
    }
    if (word == kProcessCondition && !find_option(stage.tool, word)) return std::to_string(choices.filter.pid);
    if (word == "duration" && choices.duration) return fmt::format("{:g}", *choices.duration);
    if (word == "interval") return std::to_string(choices.interval);
    if (word == "end") return choices.duration ? fmt::format(" for {:g} secs.", *choices.duration) : "... Hit Ctrl-C to end.";
    const ToolOption* option = find_option(stage.tool, word);
    auto value = choices.values.find(word);
    if (!option || value == choices.values.end()) return "";
    ColumnStyle plain;
    return text_of({stage.spec(), option->type, value->second, plain, stage.surroundings});
  });
}

}  // namespace sonde::frame
