// The user's lines in an object's BTF: what the verifier shows beside instructions.
#pragma once

#include <llvm/Object/ObjectFile.h>

#include <string>

#include "compile/object/source_text.h"

namespace sonde::compile {

struct BtfSections {
  std::string types;  // .BTF
  std::string lines;  // .BTF.ext; empty where the object has none, or has nothing to add to
};

// LLVM adds a line to BTF's strings by comparing it with each string that is there already, which takes longer than all
// the rest of a large program's compilation. So it gets files without text, and the texts are added here.
BtfSections with_lines(const llvm::object::ObjectFile& object, const SourceTexts& texts);

}  // namespace sonde::compile
