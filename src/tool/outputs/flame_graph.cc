// Stacks with weights as a flame graph.
#include "tool/outputs/flame_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "tool/outputs/flame_graph_script.h"
#include "tool/outputs/svg.h"

namespace sonde::tool {
namespace {

constexpr size_t kMaxDepth = 512;
constexpr std::string_view kUnknownFrame = "[unknown]";  // with "_[k]" for the kernel's
constexpr double kWidth = 1180, kLeft = 10, kRow = 16, kTop = 44, kNarrowest = 0.1;

// All stacks that begin with the same frames.
struct Node {
  uint64_t weight = 0;
  std::map<std::string, std::unique_ptr<Node>> callees;  // by name: equal input gives equal drawings
};

// A stack that was unwound wrongly is hundreds of addresses without a name: they say no more than one of them.
bool repeats_unknown(std::span<const std::string> frames, size_t at) {
  return at > 0 && frames[at] == frames[at - 1] && frames[at].starts_with(kUnknownFrame);
}

void add(Node& root, const WeightedStack& stack) {
  Node* node = &root;
  node->weight += stack.weight;
  for (size_t i = 0, depth = 0; i < stack.frames.size() && depth < kMaxDepth; i++) {
    if (repeats_unknown(stack.frames, i)) continue;
    auto& callee = node->callees[stack.frames[i]];
    if (!callee) callee = std::make_unique<Node>();
    node = callee.get();
    node->weight += stack.weight;
    depth++;
  }
}

// "1,234,567"
std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

size_t depth_of(const Node& node) {
  size_t deepest = 0;
  for (const auto& [name, callee] : node.callees) deepest = std::max(deepest, 1 + depth_of(*callee));
  return deepest;
}

// Warm for user code, orange for the kernel's, each function always in its own shade.
std::string colour(std::string_view name) {
  uint32_t hash = 2166136261u;
  for (char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  unsigned shade = hash % 50;
  bool kernel = name.ends_with("_[k]");
  return kernel ? fmt::format("rgb(245,{},30)", 130 + shade)
                : fmt::format("rgb({},{},55)", 215 + shade / 2, 75 + 2 * shade);
}

class Drawing {
 public:
  Drawing(const Node& root, const FlameGraphLabels& labels)
      : labels_(labels), total_(static_cast<double>(root.weight)), height_(kTop + kRow * double(depth_of(root) + 2)) {
    open();
    draw("all", root, 0, 0);
    out_ += fmt::format("<script><![CDATA[{}]]></script>\n</svg>\n", kFlameGraphScript);
  }
  std::string take() { return std::move(out_); }

 private:
  void open() {
    out_ += fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">\n"
        "<title>{2}</title>\n<style>text{{font:12px monospace;fill:#111}}.f{{cursor:pointer}}.f:hover rect{{stroke:#111}}"
        ".hit rect{{fill:#c4f}}#found,#back{{cursor:pointer;fill:#555}}</style>\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"#fffdf5\"/>\n"
        "<text x=\"{3}\" y=\"24\" text-anchor=\"middle\" style=\"font-size:16px\">{2}</text>\n"
        "<text id=\"total\" x=\"{3}\" y=\"40\" text-anchor=\"middle\">{6} {7}</text>\n"
        "<text id=\"back\" x=\"{4}\" y=\"24\" style=\"display:none\">whole picture</text>\n"
        "<text id=\"found\" x=\"{5}\" y=\"24\" text-anchor=\"end\">search</text>\n",
        coordinate(kWidth + 2 * kLeft), coordinate(height_), xml_text(labels_.title), coordinate(kWidth / 2 + kLeft),
        coordinate(kLeft), coordinate(kWidth + kLeft), grouped(static_cast<uint64_t>(total_)), xml_text(labels_.unit));
  }

  void draw(const std::string& name, const Node& node, size_t depth, uint64_t before) {
    double x = share(before) * kWidth, width = share(node.weight) * kWidth;
    if (width < kNarrowest) return;
    double y = height_ - kRow * double(depth + 2);
    std::string shown = xml_text(name);
    out_ += fmt::format(
        "<g class=\"f\" data-x=\"{:.9g}\" data-w=\"{:.9g}\" data-y=\"{}\" data-n=\"{}\"><title>{} ({} {}, {:.2f}%)</title>"
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"1\" fill=\"{}\"/><text x=\"{}\" y=\"{}\">{}</text></g>\n",
        share(before), share(node.weight), coordinate(y), shown, shown, node.weight, xml_text(labels_.unit),
        100 * share(node.weight), coordinate(kLeft + x), coordinate(y), coordinate(std::max(width - 0.3, kNarrowest)),
        coordinate(kRow - 1), depth == 0 ? "rgb(200,200,190)" : colour(name), coordinate(kLeft + x + 3),
        coordinate(y + 12), label(name, width));
    for (const auto& [callee_name, callee] : node.callees) {
      draw(callee_name, *callee, depth + 1, before);
      before += callee->weight;
    }
  }

  double share(uint64_t weight) const { return total_ == 0 ? 0 : static_cast<double>(weight) / total_; }

  // What a viewer without scripts shows; the script fits names to their frames again.
  static std::string label(const std::string& name, double width) {
    size_t room = width > 6 ? static_cast<size_t>((width - 6) / 6.6) : 0;
    if (room < 3) return {};
    return name.size() <= room ? xml_text(name) : xml_text(name.substr(0, room - 2)) + "..";
  }

  const FlameGraphLabels& labels_;
  double total_;
  double height_;
  std::string out_;
};

}  // namespace

std::string flame_graph(std::span<const WeightedStack> stacks, const FlameGraphLabels& labels) {
  Node root;
  for (const WeightedStack& stack : stacks) add(root, stack);
  return Drawing(root, labels).take();
}

}  // namespace sonde::tool
