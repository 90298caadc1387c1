// A session for a test's own C text, without the compiler child.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bpf/load/object_test.h"
#include "sonde/session.h"

namespace sonde::session {

inline Result<Session> load_test(const std::string& source, std::vector<spec::Program> programs,
                                 std::vector<spec::Tracepoint> tracepoints = {}, const LoadOptions& options = {}) {
  spec::Spec spec;
  spec.programs = std::move(programs);
  spec.tracepoints = std::move(tracepoints);
  ASSIGN_OR_RETURN(std::string bytes, bpf::compile_test_object(source, spec));
  ASSIGN_OR_RETURN(Object object, Object::from_bytes(std::move(bytes), "test"));
  return Session::load(object, options);
}

}  // namespace sonde::session
