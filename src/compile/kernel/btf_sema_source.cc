#include "compile/kernel/btf_sema_source.h"

#include <clang/Lex/Lexer.h>
#include <clang/Sema/Lookup.h>
#include <clang/Sema/Redeclaration.h>

namespace sonde::compile {

void BtfSemaSource::InitializeSema(clang::Sema& sema) {
  sema_ = &sema;
  types_.declared_by_program = [this](llvm::StringRef name) -> clang::TagDecl* {
    clang::LookupResult found(*sema_, &sema_->Context.Idents.get(name), {}, clang::Sema::LookupTagName,
                              RedeclarationKind::ForVisibleRedeclaration);
    found.suppressDiagnostics();
    if (!sema_->TUScope || !sema_->LookupName(found, sema_->TUScope)) return nullptr;
    return found.getAsSingle<clang::RecordDecl>();
  };
}

bool BtfSemaSource::LookupUnqualified(clang::LookupResult& result, clang::Scope*) {
  auto* identifier = result.getLookupName().getAsIdentifierInfo();
  // clang asks for its own builtins too; to look those up would make BTF index every enumerator of the kernel.
  if (!identifier || identifier->getBuiltinID()) return false;
  bool is_tag = result.getLookupKind() == clang::Sema::LookupTagName;
  if (!is_tag && result.getLookupKind() != clang::Sema::LookupOrdinaryName) return false;
  // A definition in the program is the program's own, whatever the kernel has under that name; `struct sock;` is not
  // one.
  if (result.isForRedeclaration() && !(is_tag && is_bare_declaration(result))) return false;
  clang::NamedDecl* found = is_tag ? find_tag(identifier->getName()) : find_ordinary(identifier->getName());
  if (!found) return false;
  result.addDecl(found);
  return true;
}

bool BtfSemaSource::is_bare_declaration(const clang::LookupResult& result) const {
  if (result.getNameLoc().isInvalid()) return false;
  auto next = clang::Lexer::findNextToken(result.getNameLoc(), sema_->getSourceManager(), sema_->getLangOpts());
  return next && next->is(clang::tok::semi);
}

clang::NamedDecl* BtfSemaSource::find_tag(llvm::StringRef name) {
  if (auto* record = tracepoints_.find(name)) return record;
  return types_.tag(name);
}

clang::NamedDecl* BtfSemaSource::find_ordinary(llvm::StringRef name) {
  if (auto* found = types_.typedef_name(name)) return found;
  if (auto* found = types_.enumerator(name)) return found;
  return types_.constant(name);
}

void BtfSemaSource::CompleteType(clang::TagDecl* tag) { types_.complete(tag); }

// clang asks once for a record's declarations and then believes that nothing is outside: while the fields are missing
// it has to go on believing otherwise, or CompleteType is never called.
void BtfSemaSource::FindExternalLexicalDecls(const clang::DeclContext* context,
                                             llvm::function_ref<bool(clang::Decl::Kind)>,
                                             llvm::SmallVectorImpl<clang::Decl*>&) {
  auto* tag = llvm::dyn_cast<clang::TagDecl>(const_cast<clang::DeclContext*>(context));
  if (tag && types_.wants_completion(tag)) tag->setHasExternalLexicalStorage(true);
}

bool BtfSemaSource::layoutRecordType(const clang::RecordDecl* record, uint64_t& size, uint64_t& alignment,
                                     llvm::DenseMap<const clang::FieldDecl*, uint64_t>& field_offsets,
                                     llvm::DenseMap<const clang::CXXRecordDecl*, clang::CharUnits>&,
                                     llvm::DenseMap<const clang::CXXRecordDecl*, clang::CharUnits>&) {
  const auto* layout = types_.layout(record);
  if (!layout) return false;
  size = layout->size_bits;
  alignment = layout->align_bits;
  field_offsets = layout->offsets_bits;
  return true;
}

}  // namespace sonde::compile
