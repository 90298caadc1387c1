#include "compile/kernel/kernel_types.h"

#include <clang/AST/Attr.h>
#include <clang/AST/Expr.h>
#include <llvm/ADT/StringSet.h>

#include "compile/kernel/constants.h"
#include "compile/kernel/header_types.h"

namespace sonde::compile {
namespace {

using kernel::Btf;
constexpr int kMaxDepth = 128;  // of types within types: a hostile file could go round in a circle

llvm::StringRef ref(std::string_view s) { return {s.data(), s.size()}; }

// Contexts that the kernel hands to programs: part of its ABI, the same on every kernel of an architecture.
bool is_context(llvm::StringRef name) {
  static const llvm::StringSet<> kContexts = {"pt_regs",
                                              "user_pt_regs",
                                              "user_regs_struct",
                                              "bpf_raw_tracepoint_args",
                                              "bpf_perf_event_data",
                                              "__sk_buff",
                                              "xdp_md",
                                              "bpf_sock_ops",
                                              "sk_msg_md",
                                              "bpf_sock",
                                              "bpf_sock_tuple",
                                              "bpf_tcp_sock",
                                              "bpf_sysctl",
                                              "bpf_sockopt",
                                              "bpf_sock_addr",
                                              "bpf_cgroup_dev_ctx",
                                              "bpf_sk_lookup",
                                              "bpf_spin_lock",
                                              "bpf_timer",
                                              "bpf_pidns_info",
                                              "bpf_perf_event_value",
                                              "bpf_stack_build_id"};
  return kContexts.contains(name);
}

}  // namespace

KernelTypes::Key KernelTypes::key(BtfRef ref) const {
  return {ref.id < ref.btf->first_id() ? &target_.btf() : ref.btf, ref.id};
}

clang::TagDecl* KernelTypes::tag(llvm::StringRef name) {
  for (uint32_t kind : {BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_ENUM}) {
    if (BtfRef found = target_.find(kind, std::string_view(name))) return type(found)->getAsTagDecl();
  }
  auto other = tag_in_btf(std::string_view(name));
  return other.empty() ? nullptr : tag(ref(other));
}

clang::TypedefDecl* KernelTypes::typedef_name(llvm::StringRef name) {
  if (BtfRef found = target_.find(BTF_KIND_TYPEDEF, std::string_view(name))) return make_typedef(found, 0);
  clang::QualType plain = header_typedef(context_, std::string_view(name));
  if (plain.isNull()) return nullptr;
  auto*& made = header_typedefs_[name.str()];
  if (!made) made = new_typedef(name, plain);
  return made;
}

clang::TypedefDecl* KernelTypes::new_typedef(llvm::StringRef name, clang::QualType aliased) {
  return clang::TypedefDecl::Create(context_, context_.getTranslationUnitDecl(), {}, {}, &context_.Idents.get(name),
                                    context_.getTrivialTypeSourceInfo(aliased));
}

clang::EnumConstantDecl* KernelTypes::enumerator(llvm::StringRef name) {
  uint32_t index = 0;
  BtfRef found = target_.find_enumerator(std::string_view(name), index);
  if (!found) return nullptr;
  type(found);
  for (auto* constant : enums_[key(found)]->enumerators()) {
    if (constant->getName() == name) return constant;
  }
  return nullptr;
}

clang::EnumConstantDecl* KernelTypes::constant(llvm::StringRef name) {
  if (auto known = constants_.find(std::string_view(name)); known != constants_.end()) return known->second;
  auto value = target_.constant(std::string_view(name));
  if (!value) return nullptr;
  clang::QualType type = value->bits <= 32 ? (value->is_unsigned ? context_.UnsignedIntTy : context_.IntTy)
                                           : (value->is_unsigned ? context_.UnsignedLongTy : context_.LongTy);
  llvm::APSInt number(llvm::APInt(context_.getTypeSize(type), static_cast<uint64_t>(value->value), !value->is_unsigned),
                      value->is_unsigned);
  auto* holder = clang::EnumDecl::Create(context_, context_.getTranslationUnitDecl(), {}, {}, nullptr, nullptr, false,
                                         false, false);
  auto* constant =
      clang::EnumConstantDecl::Create(context_, holder, {}, &context_.Idents.get(name), type, nullptr, number);
  return constants_[name.str()] = constant;
}

clang::QualType KernelTypes::type(BtfRef r, int depth) {
  const btf_type* t = r.btf->type(r.id);
  if (!t) return context_.VoidTy;
  if (depth > kMaxDepth) return context_.IntTy;
  if (auto known = types_.find(key(r)); known != types_.end()) return known->second;
  auto inner = [&](uint32_t id) { return type({r.btf, id}, depth + 1); };
  clang::QualType made;
  switch (Btf::kind(t)) {
    case BTF_KIND_INT: made = integer(r); break;
    case BTF_KIND_FLOAT: made = t->size == 4 ? context_.FloatTy : context_.DoubleTy; break;
    case BTF_KIND_PTR: made = context_.getPointerType(pointee({r.btf, t->type}, depth + 1)); break;
    case BTF_KIND_CONST: made = inner(t->type).withConst(); break;
    case BTF_KIND_VOLATILE: made = inner(t->type).withVolatile(); break;
    case BTF_KIND_RESTRICT:
    case BTF_KIND_TYPE_TAG: made = inner(t->type); break;
    case BTF_KIND_ARRAY: {
      const auto* array = Btf::payload<btf_array>(t);
      made = context_.getConstantArrayType(inner(array->type), llvm::APInt(64, array->nelems), nullptr,
                                           clang::ArraySizeModifier::Normal, 0);
      break;
    }
    case BTF_KIND_TYPEDEF: made = context_.getTypedefType(make_typedef(r, depth)); break;
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
    case BTF_KIND_FWD: made = record(r); break;
    case BTF_KIND_ENUM:
    case BTF_KIND_ENUM64: made = enumeration(r); break;
    case BTF_KIND_FUNC_PROTO: made = function(r, depth); break;
    default: made = context_.IntTy;
  }
  return types_[key(r)] = made;
}

clang::QualType KernelTypes::pointee(BtfRef r, int depth) {
  const btf_type* t = r.btf->type(r.id);
  bool is_record =
      t && (Btf::kind(t) == BTF_KIND_STRUCT || Btf::kind(t) == BTF_KIND_UNION || Btf::kind(t) == BTF_KIND_FWD);
  if (is_record && t->name_off && declared_by_program) {
    if (auto* tag = declared_by_program(ref(r.btf->name(t)))) return context_.getTagDeclType(tag);
  }
  return type(r, depth);
}

clang::QualType KernelTypes::integer(BtfRef r) {
  const btf_type* t = r.btf->type(r.id);
  uint32_t encoding = BTF_INT_ENCODING(*Btf::payload<uint32_t>(t));
  std::string_view name = r.btf->name(t);
  bool is_signed = encoding & BTF_INT_SIGNED;
  if (encoding & BTF_INT_BOOL) return context_.BoolTy;
  if (t->size == 1 && name == "char") return context_.CharTy;
  if (t->size == 8 && name.find("long long") != name.npos) {
    return is_signed ? context_.LongLongTy : context_.UnsignedLongLongTy;
  }
  clang::QualType made = context_.getIntTypeForBitwidth(t->size * 8, is_signed);
  return made.isNull() ? context_.IntTy : made;
}

clang::QualType KernelTypes::function(BtfRef r, int depth) {
  const btf_type* t = r.btf->type(r.id);
  llvm::SmallVector<clang::QualType, 8> parameters;
  clang::FunctionProtoType::ExtProtoInfo info;
  for (uint32_t i = 0; i < Btf::length(t); ++i) {
    const auto& parameter = Btf::payload<btf_param>(t)[i];
    if (!parameter.type) {
      info.Variadic = true;
      break;
    }
    parameters.push_back(context_.getAdjustedParameterType(type({r.btf, parameter.type}, depth + 1)));
  }
  clang::QualType result = type({r.btf, t->type}, depth + 1).getUnqualifiedType();
  if (result->isArrayType() || result->isFunctionType()) result = context_.VoidPtrTy;
  return context_.getFunctionType(result, parameters, info);
}

clang::RecordDecl* KernelTypes::declare_record(llvm::StringRef name, clang::TagTypeKind kind) {
  auto* unit = context_.getTranslationUnitDecl();
  auto* identifier = name.empty() ? nullptr : &context_.Idents.get(name);
  auto* record = clang::RecordDecl::Create(context_, kind, unit, {}, {}, identifier);
  record->setReferenced();
  return record;
}

clang::QualType KernelTypes::record(BtfRef r) {
  const btf_type* t = r.btf->type(r.id);
  std::string_view name = r.btf->name(t);
  bool is_union = Btf::kind(t) == BTF_KIND_UNION || (Btf::kind(t) == BTF_KIND_FWD && Btf::kind_flag(t));
  bool is_forward = Btf::kind(t) == BTF_KIND_FWD;
  if (is_forward) {  // defined in another module, or nowhere
    BtfRef full = target_.find(is_union ? BTF_KIND_UNION : BTF_KIND_STRUCT, name);
    if (full) return type(full);
  }
  auto* made = declare_record(ref(name), is_union ? clang::TagTypeKind::Union : clang::TagTypeKind::Struct);
  if (!is_forward) {
    made->setHasExternalLexicalStorage(true);
    incomplete_[made] = r;
  }
  return context_.getRecordType(made);
}

clang::QualType KernelTypes::enumeration(BtfRef r) {
  const btf_type* t = r.btf->type(r.id);
  bool wide = Btf::kind(t) == BTF_KIND_ENUM64;
  bool is_signed = Btf::kind_flag(t);
  auto* unit = context_.getTranslationUnitDecl();
  std::string_view name = r.btf->name(t);
  auto* made = clang::EnumDecl::Create(context_, unit, {}, {}, name.empty() ? nullptr : &context_.Idents.get(ref(name)),
                                       nullptr, false, false, false);
  unsigned size = t->size ? t->size * 8 : 32;
  clang::QualType underlying = context_.getIntTypeForBitwidth(size, is_signed);
  if (underlying.isNull()) underlying = context_.IntTy;
  clang::QualType enum_type = context_.getEnumType(made);
  made->startDefinition();
  for (uint32_t i = 0; i < Btf::length(t); ++i) {
    uint32_t name_off;
    uint64_t value;
    if (wide) {
      const auto& v = Btf::payload<btf_enum64>(t)[i];
      name_off = v.name_off;
      value = uint64_t{v.val_hi32} << 32 | v.val_lo32;
    } else {
      const auto& v = Btf::payload<btf_enum>(t)[i];
      name_off = v.name_off;
      value = is_signed ? static_cast<uint64_t>(int64_t{v.val}) : static_cast<uint32_t>(v.val);
    }
    // In C an enumerator that fits is an int; a wider one has its enum's type.
    bool fits = static_cast<int64_t>(value) >= INT32_MIN && static_cast<int64_t>(value) <= INT32_MAX;
    clang::QualType type = fits ? context_.IntTy : underlying;
    llvm::APSInt number(llvm::APInt(context_.getTypeSize(type), value, true), !type->isSignedIntegerType());
    auto* constant = clang::EnumConstantDecl::Create(
        context_, made, {}, &context_.Idents.get(ref(r.btf->string(name_off))), type, nullptr, number);
    made->addDecl(constant);
  }
  made->completeDefinition(underlying, underlying, size, 0);
  enums_[key(r)] = made;
  return enum_type;
}

clang::TypedefDecl* KernelTypes::make_typedef(BtfRef r, int depth) {
  if (auto known = typedefs_.find(key(r)); known != typedefs_.end()) return known->second;
  const btf_type* t = r.btf->type(r.id);
  clang::QualType aliased = type({r.btf, t->type}, depth + 1);
  auto* made = new_typedef(ref(r.btf->name(t)), aliased);
  if (auto* tag = aliased->getAsTagDecl(); tag && !tag->getIdentifier() && !tag->getTypedefNameForAnonDecl()) {
    tag->setTypedefNameForAnonDecl(made);
  }
  return typedefs_[key(r)] = made;
}

bool KernelTypes::wants_completion(const clang::TagDecl* tag) const {
  return !tag->isCompleteDefinition() && incomplete_.count(tag);
}

bool KernelTypes::complete(clang::TagDecl* tag) {
  auto found = incomplete_.find(tag);
  if (found == incomplete_.end()) return false;
  BtfRef r = found->second;
  incomplete_.erase(found);
  tag->setHasExternalLexicalStorage(false);
  fill(llvm::cast<clang::RecordDecl>(tag), r);
  return true;
}

const KernelTypes::Layout* KernelTypes::layout(const clang::RecordDecl* record) const {
  auto found = layouts_.find(record);
  return found == layouts_.end() ? nullptr : &found->second;
}

clang::FieldDecl* KernelTypes::add_field(clang::RecordDecl* record, llvm::StringRef name, clang::QualType type,
                                         unsigned bits, uint64_t offset_bits, Layout& layout) {
  clang::Expr* width = nullptr;
  if (bits) {
    width = clang::IntegerLiteral::Create(context_, llvm::APInt(32, bits), context_.IntTy, {});
    width = clang::ConstantExpr::Create(context_, width, clang::APValue(llvm::APSInt::get(bits)));
  }
  auto* field =
      clang::FieldDecl::Create(context_, record, {}, {}, name.empty() ? nullptr : &context_.Idents.get(name), type,
                               context_.getTrivialTypeSourceInfo(type), width, false, clang::ICIS_NoInit);
  field->setAccess(clang::AS_public);
  record->addDecl(field);
  layout.offsets_bits[field] = offset_bits;
  // BTF has no alignments. The natural one of the fields holds, as far as offsets and size allow it.
  if (!type->isIncompleteType()) {
    uint64_t align = context_.getTypeAlign(type);
    if (bits) align = std::min<uint64_t>(align, 64);
    uint64_t start = bits ? offset_bits / align * align : offset_bits;
    while (align > 8 && (start % align || layout.size_bits % align)) align /= 2;
    layout.align_bits = std::max(layout.align_bits, align);
  }
  return field;
}

void KernelTypes::fill(clang::RecordDecl* record, BtfRef r) {
  const btf_type* t = r.btf->type(r.id);
  Layout layout;
  layout.size_bits = uint64_t{t->size} * 8;
  bool is_stable = is_context(record->getName()) || stable_.contains(record);
  record->startDefinition();
  for (uint32_t i = 0; i < Btf::length(t); ++i) {
    const auto& member = Btf::payload<btf_member>(t)[i];
    uint32_t bits = Btf::kind_flag(t) ? BTF_MEMBER_BITFIELD_SIZE(member.offset) : 0;
    uint64_t offset = Btf::kind_flag(t) ? BTF_MEMBER_BIT_OFFSET(member.offset) : member.offset;
    clang::QualType type = this->type({r.btf, member.type});
    auto* inner = type->getAsRecordDecl();
    if (inner && is_stable && inner->getName().empty()) stable_.insert(inner);
    if (inner) complete(inner);
    if (auto* array = context_.getAsConstantArrayType(type)) {
      if (auto* inner = context_.getBaseElementType(array)->getAsRecordDecl()) complete(inner);
    }
    if (bits && bits > context_.getTypeSize(type)) bits = 0;
    auto* field = add_field(record, ref(r.btf->string(member.name_off)), type, bits, offset, layout);
    if (!field->getIdentifier() && type->isRecordType()) expose_members(record, field);
  }
  if (portable_ && !is_stable) {
    record->addAttr(clang::BPFPreserveAccessIndexAttr::CreateImplicit(context_));
    for (auto* field : record->fields()) field->addAttr(clang::BPFPreserveAccessIndexAttr::CreateImplicit(context_));
  }
  layouts_[record] = std::move(layout);
  record->completeDefinition();
}

// The members of an anonymous struct or union are found as if they were the outer record's own.
void KernelTypes::expose_members(clang::RecordDecl* record, clang::FieldDecl* anonymous) {
  auto* inner = anonymous->getType()->getAsRecordDecl();
  if (!inner->isCompleteDefinition()) return;
  inner->setAnonymousStructOrUnion(true);
  anonymous->setImplicit();
  auto expose = [&](clang::ValueDecl* member, llvm::ArrayRef<clang::NamedDecl*> tail) {
    auto** chain = new (context_) clang::NamedDecl*[tail.size() + 1];
    chain[0] = anonymous;
    std::copy(tail.begin(), tail.end(), chain + 1);
    auto* indirect = clang::IndirectFieldDecl::Create(context_, record, {}, member->getIdentifier(), member->getType(),
                                                      {chain, tail.size() + 1});
    indirect->setAccess(clang::AS_public);
    indirect->setImplicit();
    record->addDecl(indirect);
  };
  llvm::SmallVector<clang::Decl*> members(inner->decls_begin(), inner->decls_end());
  for (auto* decl : members) {
    if (auto* field = llvm::dyn_cast<clang::FieldDecl>(decl); field && field->getIdentifier()) {
      clang::NamedDecl* tail[] = {field};
      expose(field, tail);
    } else if (auto* indirect = llvm::dyn_cast<clang::IndirectFieldDecl>(decl)) {
      expose(indirect, indirect->chain());
    }
  }
}

}  // namespace sonde::compile
