// What to do about an error of the compiler, for those that users of BCC programs meet.
#pragma once

#include <string>
#include <string_view>

#include "compile/kernel/target.h"

namespace clang {
class RecordDecl;
}

namespace sonde::compile {

// What a message is about.
struct Subject {
  const clang::RecordDecl* record = nullptr;  // the struct, if any
  std::string_view token;                     // what stands at its place
};

// `message` as clang words it, without place and level. Empty: nothing to add.
std::string hint_for(std::string_view message, const Subject& subject, const Target& target);

// The name that the message says is not declared, or is no member of a struct of the kernel; empty for other messages.
std::string_view missing_name(std::string_view message, const Subject& subject);

}  // namespace sonde::compile
