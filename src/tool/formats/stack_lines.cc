// A stack that a row carries itself.
#include "tool/formats/stack_lines.h"

#include <algorithm>
#include <array>

#include "tool/text/value_text.h"

namespace sonde::tool {

namespace {

constexpr std::array<std::string_view, 7> kOfTracing = {
    "bpf_prog_", "bpf_trace_run", "__bpf_trace_", "__traceiter_", "bpf_trampoline_", "trace_call_bpf", "perf_trace_"};

size_t frames_of_tracing(const std::vector<std::pair<uint64_t, Symbol>>& stack) {
  size_t count = 0;
  auto is_one = [&](const Symbol& symbol) {
    return std::any_of(kOfTracing.begin(), kOfTracing.end(),
                       [&](std::string_view begin) { return symbol.name.starts_with(begin); });
  };
  if (stack.empty() || !stack[0].second.name.starts_with(kOfTracing[0])) return 0;
  while (count < stack.size() && is_one(stack[count].second)) count++;
  return count;
}

}  // namespace

std::vector<std::pair<uint64_t, Symbol>> stack_symbols(std::string_view bytes, FormatContext& formats, int pid) {
  std::vector<std::pair<uint64_t, Symbol>> stack;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    uint64_t address = unsigned_at(bytes, 8);
    if (address == 0) break;
    stack.emplace_back(address, formats.symbol(pid, address));
  }
  stack.erase(stack.begin(), stack.begin() + static_cast<std::ptrdiff_t>(frames_of_tracing(stack)));
  return stack;
}

std::vector<StackFrame> stack_frames(std::string_view bytes, FormatContext& formats, int pid) {
  std::vector<StackFrame> frames;
  for (const auto& [address, found] : stack_symbols(bytes, formats, pid)) {
    std::string_view module = std::string_view(found.module).substr(found.module.rfind('/') + 1);
    bool is_known = !found.name.empty();
    frames.push_back(
        {address, is_known ? fmt::format("{}+{:#x} [{}]", found.name, found.offset, module) : "[unknown]"});
  }
  return frames;
}

std::vector<std::string> frame_names(std::string_view bytes, FormatContext& formats, int pid) {
  std::vector<std::string> names;
  for (StackFrame& frame : stack_frames(bytes, formats, pid)) names.push_back(std::move(frame.name));
  return names;
}

std::string stack_lines(const std::vector<std::string>& names, const char* missed) {
  std::string lines;
  for (const std::string& name : names) lines += "\n        " + safe_text(name);
  return lines.empty() ? fmt::format("\n    {}", missed) : lines;
}

}  // namespace sonde::tool
