// Answers clang's question "what is this name?" for names that the program does not declare itself: kernel types from
// BTF, tracepoint argument structs from their format, UAPI constants.
#pragma once

#include <clang/Sema/ExternalSemaSource.h>
#include <clang/Sema/Sema.h>

#include "compile/kernel/kernel_types.h"
#include "compile/kernel/tracepoint_types.h"

namespace sonde::compile {

class BtfSemaSource : public clang::ExternalSemaSource {
 public:
  BtfSemaSource(KernelTypes& types, TracepointTypes& tracepoints) : types_(types), tracepoints_(tracepoints) {}

  void InitializeSema(clang::Sema& sema) override;
  void ForgetSema() override { sema_ = nullptr; }
  bool LookupUnqualified(clang::LookupResult& result, clang::Scope* scope) override;
  void CompleteType(clang::TagDecl* tag) override;
  void FindExternalLexicalDecls(const clang::DeclContext* context,
                                llvm::function_ref<bool(clang::Decl::Kind)> is_wanted,
                                llvm::SmallVectorImpl<clang::Decl*>& result) override;
  bool layoutRecordType(const clang::RecordDecl* record, uint64_t& size, uint64_t& alignment,
                        llvm::DenseMap<const clang::FieldDecl*, uint64_t>& field_offsets,
                        llvm::DenseMap<const clang::CXXRecordDecl*, clang::CharUnits>& base_offsets,
                        llvm::DenseMap<const clang::CXXRecordDecl*, clang::CharUnits>& virtual_offsets) override;

 private:
  clang::NamedDecl* find_tag(llvm::StringRef name);
  clang::NamedDecl* find_ordinary(llvm::StringRef name);
  bool is_bare_declaration(const clang::LookupResult& result) const;

  KernelTypes& types_;
  TracepointTypes& tracepoints_;
  clang::Sema* sema_ = nullptr;
};

}  // namespace sonde::compile
