// Reads the syntax tree: collects programs, maps and event types for the spec, rejects what cannot work at the user's
// own line and column, and prepares the few calls that C alone cannot express.
#pragma once

#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Sema/SemaConsumer.h>

#include <map>
#include <string>
#include <vector>

#include "compile/front_end/program.h"
#include "compile/front_end/spec_types.h"

namespace sonde::compile {

class DialectReader : public clang::SemaConsumer, public clang::RecursiveASTVisitor<DialectReader> {
 public:
  DialectReader(clang::CompilerInstance& compiler, spec::Spec& spec);

  void Initialize(clang::ASTContext& context) override;
  void InitializeSema(clang::Sema& sema) override { sema_ = &sema; }
  bool HandleTopLevelDecl(clang::DeclGroupRef group) override;
  void HandleTranslationUnit(clang::ASTContext& context) override;

  bool VisitFunctionDecl(clang::FunctionDecl* function);
  bool VisitVarDecl(clang::VarDecl* variable);
  bool VisitCallExpr(clang::CallExpr* call);

  const std::vector<ProgramShape>& programs() const { return programs_; }

 private:
  struct Candidate {
    clang::FunctionDecl* function = nullptr;
    bool has_section = false;
  };
  void add_program(clang::FunctionDecl* function);
  void check_parameters(clang::FunctionDecl* function, const ProgramShape& shape);
  ContextKind context_of(clang::FunctionDecl* function) const;
  void add_map(clang::VarDecl* variable);
  spec::Map* find_map(llvm::StringRef name);
  void check_inner_maps();
  void check_map(clang::VarDecl* variable, const spec::Map& map, clang::QualType key, clang::QualType value);
  void read_method(clang::CallExpr* call, clang::MemberExpr* method, spec::Map& map);
  void record_event(spec::Map& map, clang::Expr* data);
  void check_increment(clang::CallExpr* call, const spec::Map& map);
  void check_print_format(clang::CallExpr* call);
  template <unsigned N>
  clang::DiagnosticBuilder report(clang::DiagnosticsEngine::Level level, clang::SourceLocation where,
                                  const char (&text)[N]);

  clang::CompilerInstance& compiler_;
  clang::Sema* sema_ = nullptr;
  clang::ASTContext* context_ = nullptr;
  spec::Spec& spec_;
  std::optional<SpecTypes> types_;
  std::vector<clang::SourceLocation> map_places_;  // of spec_.maps
  std::vector<Candidate> candidates_;
  std::vector<ProgramShape> programs_;
};

}  // namespace sonde::compile
