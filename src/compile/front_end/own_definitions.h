// Functions that a program defines under the name of one of sonde's macros: `static u64 min(u64 a, u64 b) { … }`.
//
// The macro would be expanded in the definition's head, which would then be no C. The program's own definition wins:
// the macro is undefined, where sonde's headers define it, for the whole program.
#pragma once

#include <clang/Lex/Preprocessor.h>

namespace sonde::compile {

void keep_own_definitions(clang::Preprocessor& preprocessor);

}  // namespace sonde::compile
