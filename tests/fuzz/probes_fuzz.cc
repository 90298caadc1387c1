// What users write for trace, argdist, funccount and the like: parsed by every grammar.
// Of: probes/*.cc kernel/suggestion.cc
#include <algorithm>
#include <cstdlib>

#include "input.h"
#include "probes/parse.h"
#include "probes/report.h"

using namespace sonde;

namespace {

// A place is in the text, and names what stands there.
void check(const probes::Specification& spec, const probes::Piece& piece) {
  if (piece.place.begin > piece.place.end || piece.place.end > spec.text.size()) std::abort();
  if (spec.text.compare(piece.place.begin, piece.place.end - piece.place.begin, piece.text) != 0) std::abort();
}

void check(const probes::Specification& spec) {
  for (const probes::Piece* each : {&spec.library, &spec.module, &spec.category, &spec.provider, &spec.function,
                                    &spec.offset_text, &spec.signature, &spec.filter.text, &spec.label})
    check(spec, *each);
  for (const probes::Expression& each : spec.arguments) check(spec, each.text);
  for (const probes::Expression& each : spec.values) check(spec, each.text);
  if (spec.values.size() != spec.types.size()) std::abort();
  if (spec.format && spec.format->conversions.size() != spec.arguments.size()) std::abort();
  if (spec.format && spec.format->conversions.size() + 1 != spec.format->literals.size()) std::abort();
  fuzz::use(spec.names.matches("vfs_read"));
}

void check(std::string_view text, const probes::Mistake& mistake) {
  if (mistake.message.empty() || mistake.place.begin > mistake.place.end) std::abort();
  if (mistake.place.end > text.size()) std::abort();
  std::string shown = probes::render("trace", text, mistake);
  if (std::count(shown.begin(), shown.end(), '\n') > 3 || shown.size() > 2000) std::abort();
}

}  // namespace

// The first byte chooses the options.
FUZZ(input) {
  if (input.empty()) return;
  unsigned options = static_cast<unsigned char>(input[0]);
  std::string_view text = input.substr(1);
  for (unsigned tool = 0; tool < 7; tool++) {
    auto spec = probes::parse(text, {.tool = static_cast<probes::Tool>(tool),
                                     .regex = (options & 1) != 0,
                                     .has_pid = (options & 2) != 0,
                                     .histogram = (options & 4) != 0});
    if (spec) check(*spec);
    else check(text, spec.error());
  }
}
