#include "probes/regex.h"

namespace sonde::probes {

// The steps that were reached at one position of the text, each once.
struct Regex::Threads {
  explicit Threads(size_t steps) : seen(steps + 1, 0) {}

  std::vector<uint32_t> steps;
  std::vector<uint32_t> seen;  // the generation that reached it
  std::vector<uint32_t> pending;
  uint32_t generation = 0;

  void clear() {
    steps.clear();
    generation++;
  }
};

namespace {

bool is_word(std::string_view text, size_t at) { return at < text.size() && is_name_part(text[at]); }

bool at_word_edge(std::string_view text, size_t at) { return is_word(text, at) != (at > 0 && is_word(text, at - 1)); }

}  // namespace

// Adds `step` and all that is reached from it without reading a byte.
void Regex::follow(uint32_t step, std::string_view text, size_t at, Threads& threads) const {
  threads.pending.assign(1, step);
  while (!threads.pending.empty()) {
    uint32_t each = threads.pending.back();
    threads.pending.pop_back();
    if (threads.seen[each] == threads.generation) continue;
    threads.seen[each] = threads.generation;
    if (each == steps_.size()) continue;
    const Step& what = steps_[each];
    bool passes = true;
    switch (what.kind) {
      case Step::Kind::kBytes:
        threads.steps.push_back(each);
        passes = false;
        break;
      case Step::Kind::kFork: threads.pending.push_back(each + what.to); break;
      case Step::Kind::kJump:
        threads.pending.push_back(each + what.to);
        passes = false;
        break;
      case Step::Kind::kStart: passes = at == 0; break;
      case Step::Kind::kEnd: passes = at == text.size(); break;
      case Step::Kind::kWordEdge: passes = at_word_edge(text, at); break;
      case Step::Kind::kNoWordEdge: passes = !at_word_edge(text, at); break;
    }
    if (passes) threads.pending.push_back(each + 1);
  }
}

bool Regex::matches(std::string_view text) const {
  Threads now(steps_.size()), next(steps_.size());
  now.clear();
  follow(0, text, 0, now);
  for (size_t i = 0; i < text.size() && !now.steps.empty(); i++) {
    next.clear();
    for (uint32_t step : now.steps) {
      if (sets_[steps_[step].bytes].test(static_cast<unsigned char>(text[i]))) follow(step + 1, text, i + 1, next);
    }
    std::swap(now, next);
    if (i + 1 < text.size()) continue;
    return now.seen[steps_.size()] == now.generation;
  }
  return text.empty() && now.seen[steps_.size()] == now.generation;
}

}  // namespace sonde::probes
