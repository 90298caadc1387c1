#include "compile/front_end/type_queries.h"

#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Basic/TargetBuiltins.h>

namespace sonde::compile {
namespace {

bool asks_about_type(const clang::CallExpr* call) {
  unsigned builtin = call->getBuiltinCallee();
  return builtin == clang::BPF::BI__builtin_preserve_type_info || builtin == clang::BPF::BI__builtin_btf_type_id;
}

class Queries : public clang::RecursiveASTVisitor<Queries> {
 public:
  explicit Queries(clang::Sema& sema) : sema_(sema) {}

  bool VisitCallExpr(clang::CallExpr* call) {
    // Whether the type is known is for the loader to say: no error here.
    if (asks_about_type(call) && call->getNumArgs() > 0)
      (void)sema_.isCompleteType(call->getExprLoc(), call->getArg(0)->getType());
    return true;
  }

 private:
  clang::Sema& sema_;
};

}  // namespace

void complete_queried_types(clang::Sema& sema, clang::FunctionDecl* function) {
  if (function->doesThisDeclarationHaveABody()) Queries(sema).TraverseStmt(function->getBody());
}

}  // namespace sonde::compile
