// The program's text in its debug information, from where it gets into the object's BTF line by line: what the verifier
// shows when it rejects a program, and what debug=8 prints.
#pragma once

#include <llvm/IR/Module.h>

#include <map>
#include <string>

namespace sonde::compile {

// Makes every place of the main file name it as the user did, and carry its text. clang embeds the text
// (-gembed-source), but not where a file's first declaration comes out of a macro, as BPF_HASH(…) does: then the whole
// file goes without.
void name_main_file(llvm::Module& module);

using SourceTexts = std::map<std::string, std::string>;  // by the name that BTF has for the file

// Takes the texts of all files out of the debug information.
SourceTexts take_texts(llvm::Module& module);

}  // namespace sonde::compile
