// Kernel types as clang declarations, made from BTF when they are first needed: a record is declared without fields,
// and filled in, with BTF's own offsets, when clang asks for its definition.
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <llvm/ADT/DenseMap.h>

#include <functional>
#include <map>
#include <set>
#include <utility>

#include "compile/kernel/target.h"

namespace sonde::compile {

class KernelTypes {
 public:
  // portable: accesses to fields become CO-RE relocations.
  KernelTypes(clang::ASTContext& context, const Target& target, bool portable)
      : context_(context), target_(target), portable_(portable) {}

  clang::TagDecl* tag(llvm::StringRef name);  // struct, union or enum; nullptr if the kernel has none
  clang::TypedefDecl* typedef_name(llvm::StringRef name);
  clang::EnumConstantDecl* enumerator(llvm::StringRef name);
  clang::EnumConstantDecl* constant(llvm::StringRef name);  // a UAPI macro's value

  clang::QualType type(BtfRef ref, int depth = 0);

  // Finds a struct or union that the program itself has declared under this name. Pointers to the kernel's type of that
  // name are pointers to the program's, as they would be had it completed a header's forward declaration.
  std::function<clang::TagDecl*(llvm::StringRef name)> declared_by_program;

  // Records whose layout is ours to give.
  struct Layout {
    uint64_t size_bits = 0;
    uint64_t align_bits = 8;
    llvm::DenseMap<const clang::FieldDecl*, uint64_t> offsets_bits;
  };
  bool complete(clang::TagDecl* tag);  // fills in the fields; false: not ours
  bool wants_completion(const clang::TagDecl* tag) const;
  const Layout* layout(const clang::RecordDecl* record) const;
  // A record made elsewhere (a tracepoint's arguments) with a layout of its own.
  void set_layout(const clang::RecordDecl* record, Layout layout) { layouts_[record] = std::move(layout); }

  clang::RecordDecl* declare_record(llvm::StringRef name, clang::TagTypeKind kind);
  clang::FieldDecl* add_field(clang::RecordDecl* record, llvm::StringRef name, clang::QualType type, unsigned bits,
                              uint64_t offset_bits, Layout& layout);
  clang::ASTContext& context() { return context_; }
  const Target& target() const { return target_; }

 private:
  using Key = std::pair<const kernel::Btf*, uint32_t>;
  Key key(BtfRef ref) const;
  clang::QualType integer(BtfRef ref);
  clang::QualType pointee(BtfRef ref, int depth);
  clang::QualType function(BtfRef ref, int depth);
  clang::QualType record(BtfRef ref);
  clang::QualType enumeration(BtfRef ref);
  clang::TypedefDecl* make_typedef(BtfRef ref, int depth);
  clang::TypedefDecl* new_typedef(llvm::StringRef name, clang::QualType aliased);
  void fill(clang::RecordDecl* record, BtfRef ref);
  void expose_members(clang::RecordDecl* record, clang::FieldDecl* anonymous);

  clang::ASTContext& context_;
  const Target& target_;
  bool portable_;
  std::map<Key, clang::QualType> types_;
  std::map<Key, clang::TypedefDecl*> typedefs_;
  std::map<Key, clang::EnumDecl*> enums_;
  llvm::DenseMap<const clang::TagDecl*, BtfRef> incomplete_;
  std::set<const clang::TagDecl*> stable_;  // nameless parts of contexts
  llvm::DenseMap<const clang::RecordDecl*, Layout> layouts_;
  std::map<std::string, clang::EnumConstantDecl*, std::less<>> constants_;
  std::map<std::string, clang::TypedefDecl*, std::less<>> header_typedefs_;
};

}  // namespace sonde::compile
