// Prints clang's diagnostics for the writer of a BPF program: at his own place, once, without the insides of sonde's
// headers, and with a hint where there is one.
#pragma once

#include <clang/Basic/Diagnostic.h>
#include <clang/Frontend/TextDiagnostic.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compile/kernel/target.h"

namespace sonde::compile {

class DiagnosticWriter : public clang::DiagnosticConsumer {
 public:
  DiagnosticWriter(llvm::raw_ostream& stream, clang::DiagnosticOptions& options, const Target& target,
                   std::vector<std::string>& missing_names);
  ~DiagnosticWriter() override;

  void BeginSourceFile(const clang::LangOptions& language, const clang::Preprocessor* preprocessor) override;
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) override;

 private:
  void write(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info, const std::string& message);
  bool is_repeated(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info, const std::string& message);

  llvm::raw_ostream& stream_;
  clang::DiagnosticOptions& options_;
  const Target& target_;
  std::vector<std::string>& missing_names_;
  const clang::LangOptions* language_ = nullptr;
  std::unique_ptr<clang::TextDiagnostic> text_;
  std::set<std::pair<unsigned, std::string>> said_;
  std::set<unsigned> failed_macros_;  // places of sonde's macros that an error was told of: more are its consequences
  unsigned errors_ = 0;
  unsigned warnings_ = 0;
  bool skips_notes_ = false;  // of a diagnostic that was not shown
};

}  // namespace sonde::compile
