// What the user chose on the command line.
#include "tool/settings/settings.h"

#include <algorithm>

#include "tool/text/value_text.h"

namespace sonde::tool {

bool Settings::on(const std::string& option) const {
  auto found = values.find(option);
  if (found == values.end() && option == kProcessCondition) return filter.pid != 0;
  if (found == values.end() && option == kThreadCondition) return filter.tid != 0;
  if (found == values.end() && option == kFollowCondition) return filter.follows_children;
  return found != values.end() &&
         std::any_of(found->second.begin(), found->second.end(), [](char byte) { return byte != 0; });
}

bool Settings::hold(const Conditions& conditions) const {
  return std::all_of(conditions.begin(), conditions.end(),
                     [this](const Condition& each) { return on(each.option) == each.wanted; });
}

uint64_t Settings::number(const std::string& option) const {
  auto found = values.find(option);
  return found == values.end() ? 0 : unsigned_at(found->second, std::min<size_t>(found->second.size(), 8));
}

nlohmann::ordered_json recorded_settings(const Settings& settings) {
  nlohmann::ordered_json values = nlohmann::ordered_json::object();
  for (const auto& [option, bytes] : settings.values) values[option] = hex_text(bytes);
  return {{"values", values},
          {"duration", settings.duration.value_or(0)},
          {"interval", settings.interval},
          {"probes", settings.probes},
          {"probe_names", settings.probe_names},
          {"pid", settings.filter.pid},
          {"tid", settings.filter.tid},
          {"follows_children", settings.filter.follows_children}};
}

void apply_recorded(const nlohmann::json& recorded, Settings& settings) {
  for (const auto& [option, hex] : recorded.at("values").items())
    settings.values[option] = bytes_of_hex(hex.get_ref<const std::string&>()).value_or("");
  double duration = recorded.at("duration");
  settings.duration = duration > 0 ? std::optional(duration) : std::nullopt;
  settings.interval = recorded.at("interval");
  settings.probes = recorded.value("probes", "");
  settings.probe_names = recorded.value("probe_names", std::vector<std::string>());
  settings.filter.pid = recorded.at("pid");
  settings.filter.tid = recorded.at("tid");
  settings.filter.follows_children = recorded.at("follows_children");
}

}  // namespace sonde::tool
