#include "tool/views/custom_view.h"

#include <map>

namespace sonde::tool {
namespace {

std::map<std::string, const CustomView*, std::less<>>& views() {
  static std::map<std::string, const CustomView*, std::less<>> views;
  return views;
}

}  // namespace

void add_custom_view(const std::string& tool, const CustomView& view) { views()[tool] = &view; }

const CustomView* find_custom_view(std::string_view tool) {
  auto found = views().find(tool);
  return found == views().end() ? nullptr : found->second;
}

}  // namespace sonde::tool
