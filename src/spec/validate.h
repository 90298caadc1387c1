// What a reader of a Spec may rely on, checked once when it is read: type ids exist, records hold their fields, and no
// type contains itself, so that decoding bytes by type needs no checks of its own.
#pragma once

#include "spec/spec.h"

namespace sonde::spec {

inline constexpr unsigned kMaxTypeDepth = 64;  // of arrays and records inside each other

Status validate(const Spec& spec);

}  // namespace sonde::spec
