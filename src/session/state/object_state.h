// What an Object holds, for those who make one.
#pragma once

#include <string>

#include "base/result.h"
#include "sonde/session.h"
#include "spec/spec.h"

namespace sonde {

struct Object::State {
  std::string bytes;
  spec::Spec spec;
  std::string diagnostics;
  bool from_cache = false;
};

namespace session {

// The spec inside an object file; `name` is what errors call the object.
Result<spec::Spec> read_spec(const std::string& bytes, const std::string& name);

}  // namespace session
}  // namespace sonde
