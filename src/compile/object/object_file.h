// The finishing of an object file: debug information that no loader reads is taken out, lines of source and the spec
// are put in.
#pragma once

#include <string>

#include "base/result.h"
#include "compile/object/source_text.h"
#include "spec/spec.h"

namespace sonde::compile {

// texts: of source files, whose lines BTF gets.
Result<std::string> finish_object(const std::string& object, const SourceTexts& texts, const spec::Spec& spec);

}  // namespace sonde::compile
