// Constants in preprocessor conditions: `#if IFNAMSIZ != 16`, `#ifdef IPPROTO_MPTCP`.
#pragma once

#include <clang/Lex/Preprocessor.h>

#include "compile/kernel/target.h"

namespace sonde::compile {

// Elsewhere clang asks for names that it does not know (BtfSemaSource), but not in conditions, where an unknown name is
// 0. So what the program's own files name there becomes a macro when the file is entered.
void define_constants_of_conditions(clang::Preprocessor& preprocessor, const Target& target);

}  // namespace sonde::compile
