// Types that the kernel's headers know under a name that its BTF lacks: macros for another struct's name, and typedefs
// of plain numbers, which BTF has only when something in the kernel is declared with them.
#pragma once

#include <clang/AST/ASTContext.h>

#include <string_view>

namespace sonde::compile {

// "sockaddr_storage" -> "__kernel_sockaddr_storage"; empty: no such name.
std::string_view tag_in_btf(std::string_view name);

// "mode_t" -> unsigned int; null: no such typedef.
clang::QualType header_typedef(const clang::ASTContext& context, std::string_view name);

}  // namespace sonde::compile
