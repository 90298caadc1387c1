// clang, set up for programs in BCC's dialect: no headers needed, names resolved through the kernel's BTF.
#pragma once

#include <clang/Frontend/CompilerInstance.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <memory>
#include <set>
#include <vector>

#include "compile/front_end/program.h"
#include "compile/headers/virtual_files.h"
#include "compile/kernel/host.h"
#include "compile/kernel/target.h"
#include "spec/spec.h"

namespace sonde::compile {

class FrontEnd {
 public:
  FrontEnd(const spec::Request& request, const Target& target, const Host& host);
  ~FrontEnd();

  // Parses, checks and translates; again if names were missed that sonde's own headers have. kCompile: diagnostics have
  // been given.
  Result<std::unique_ptr<llvm::Module>> translate(llvm::LLVMContext& context, spec::Spec& spec,
                                                  std::vector<ProgramShape>& programs);
  // Identifiers that were used and are not declared anywhere.
  const std::vector<std::string>& missing_names() const { return missing_names_; }
  // Forgets what translate() said and found, for another attempt with `definitions` before the program.
  void start_over(std::string definitions);

  // The main file after macro expansion.
  std::string preprocessed();

  // A mistake found later, at a place in the main file (line 0: nowhere).
  void error(const std::string& text, unsigned line, unsigned column);
  void warning(const std::string& text, unsigned line, unsigned column);
  bool has_errors() const;
  // Gives the diagnostics so far to the host.
  void flush_diagnostics();

  const UserFiles& user_files() const { return user_files_; }

 private:
  bool set_up(clang::CompilerInstance& compiler);
  Result<std::unique_ptr<llvm::Module>> attempt(llvm::LLVMContext& context, spec::Spec& spec,
                                                std::vector<ProgramShape>& programs);
  bool provide_missing_names();
  void forget_attempt();
  void report(clang::DiagnosticsEngine::Level level, const std::string& text, unsigned line, unsigned column);

  const spec::Request& request_;
  const Target& target_;
  const Host& host_;
  UserFiles user_files_;
  std::vector<std::string> missing_names_;
  std::set<std::string> provided_names_;
  std::string diagnostics_;
  std::unique_ptr<llvm::raw_string_ostream> stream_;
  std::unique_ptr<clang::CompilerInstance> compiler_;
};

}  // namespace sonde::compile
