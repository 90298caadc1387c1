// The syntax tree's reader: programs, maps and event types for the spec, and what is wrong with them.
#include "compile/front_end/dialect_reader.h"

#include <clang/AST/Attr.h>
#include <clang/Sema/Sema.h>
#include <llvm/ADT/StringSet.h>

#include <algorithm>

#include "compile/front_end/annotations.h"
#include "compile/front_end/bit_fields.h"
#include "compile/front_end/hook_names.h"
#include "compile/front_end/map_declaration.h"
#include "compile/front_end/packet_fields.h"
#include "compile/front_end/type_queries.h"

namespace sonde::compile {
namespace {

using llvm::StringRef;
constexpr unsigned kMaxParameters = 7;  // the context and six registers

// The declared table behind `start.lookup`, or nothing.
StringRef table_of(const clang::MemberExpr* member) {
  const auto* base = llvm::dyn_cast<clang::DeclRefExpr>(member->getBase()->IgnoreParenImpCasts());
  if (!base || member->isArrow()) return {};
  StringRef label = asm_label(base->getDecl());
  return label.consume_front("sonde.table.") ? label : StringRef();
}

bool fits_register(clang::ASTContext& context, clang::QualType type) {
  return type->isPointerType() || (type->isIntegralOrEnumerationType() && context.getTypeSize(type) <= 64);
}

// The first argument that is an integer where the address of something is wanted; a constant may be meant as one.
const clang::Expr* integer_as_address(const clang::CallExpr* call, clang::ASTContext& context) {
  for (const auto* argument : call->arguments()) {
    const auto* cast = llvm::dyn_cast<clang::ImplicitCastExpr>(argument->IgnoreParens());
    if (!cast || cast->getCastKind() != clang::CK_IntegralToPointer) continue;
    if (!cast->getSubExpr()->isIntegerConstantExpr(context)) return argument;
  }
  return nullptr;
}

// What another object publishes is only known when it is loaded.
bool may_be_stack_trace(const spec::Map& map) { return map.type == 7 || map.kind == "extern"; }

bool holds_maps(const spec::Map& map) { return map.kind == "array_of_maps" || map.kind == "hash_of_maps"; }

}  // namespace

DialectReader::DialectReader(clang::CompilerInstance& compiler, spec::Spec& spec) : compiler_(compiler), spec_(spec) {}

void DialectReader::Initialize(clang::ASTContext& context) {
  context_ = &context;
  types_.emplace(context, spec_);
}

template <unsigned N>
clang::DiagnosticBuilder DialectReader::report(clang::DiagnosticsEngine::Level level, clang::SourceLocation where,
                                               const char (&text)[N]) {
  auto& diagnostics = compiler_.getDiagnostics();
  return diagnostics.Report(where, diagnostics.getCustomDiagID(level, text));
}

bool DialectReader::HandleTopLevelDecl(clang::DeclGroupRef group) {
  PacketFields packets(*context_, compiler_.getDiagnostics());
  BitFields bit_fields(compiler_.getSema());
  for (auto* decl : group) {
    if (decl->isImplicit()) continue;
    TraverseDecl(decl);
    auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl);
    if (!function) continue;
    complete_queried_types(compiler_.getSema(), function);
    packets.replace_in(function);
    bit_fields.replace_in(function);
  }
  return true;
}

void DialectReader::HandleTranslationUnit(clang::ASTContext&) {
  check_inner_maps();
  // In libbpf's style a function without a section is a subprogram.
  bool by_section = std::any_of(candidates_.begin(), candidates_.end(), [](const auto& c) { return c.has_section; });
  for (const auto& candidate : candidates_) {
    if (candidate.has_section || !by_section) add_program(candidate.function);
  }
  std::sort(programs_.begin(), programs_.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

bool DialectReader::VisitFunctionDecl(clang::FunctionDecl* function) {
  const auto& sources = context_->getSourceManager();
  if (!function->isThisDeclarationADefinition() || !function->hasBody()) return true;
  if (!function->isExternallyVisible() || function->isInlined()) return true;
  if (!sources.isInMainFile(sources.getExpansionLoc(function->getLocation()))) return true;
  if (auto annotations = annotations_of_function(function, *context_); !annotations.empty()) {
    spec_.declarations.push_back({function->getNameAsString(), 0, std::move(annotations)});
  }
  candidates_.push_back({function, function->hasAttr<clang::SectionAttr>()});
  return true;
}

ContextKind DialectReader::context_of(clang::FunctionDecl* function) const {
  if (function->getNumParams() == 0) return ContextKind::kRegisters;
  clang::QualType type = function->getParamDecl(0)->getType();
  if (!type->isPointerType()) return ContextKind::kRegisters;
  type = type->getPointeeType();
  if (type->isIntegerType()) return ContextKind::kArguments;
  const auto* record = type->getAsRecordDecl();
  if (!record) return ContextKind::kRegisters;
  StringRef name = record->getName();
  static const llvm::StringSet<> kNetworking = {"__sk_buff",          "xdp_md",        "bpf_sock_ops",   "sk_msg_md",
                                                "bpf_sock_addr",      "bpf_sysctl",    "bpf_sockopt",    "bpf_sock",
                                                "bpf_cgroup_dev_ctx", "bpf_sk_lookup", "sk_reuseport_md"};
  if (kNetworking.contains(name)) return ContextKind::kNetworking;
  if (name == "bpf_raw_tracepoint_args") return ContextKind::kArguments;
  if (name == "pt_regs") return ContextKind::kRegisters;
  if (name == "bpf_perf_event_data") return ContextKind::kPerfEvent;
  if (name.starts_with("bpf_iter__")) return ContextKind::kTyped;
  if (name.starts_with("tracepoint__") || name.starts_with("trace_event_raw_")) return ContextKind::kTracepoint;
  return ContextKind::kOther;
}

void DialectReader::add_program(clang::FunctionDecl* function) {
  ProgramShape shape;
  shape.name = function->getNameAsString();
  NamedHook named = hook_of_function(shape.name);
  if (const auto* section = function->getAttr<clang::SectionAttr>()) {
    auto known = hook_of_section(std::string_view(section->getName()));
    if (!known) {
      report(clang::DiagnosticsEngine::Error, section->getLocation(),
             "section \"%0\" says no kind of program that is known; kprobe/FUNCTION, tracepoint/CATEGORY/EVENT, "
             "fentry/FUNCTION, xdp are examples")
          << section->getName();
      return;
    }
    named = *known;
  }
  shape.hook = named.hook;
  shape.auto_attach = named.auto_attach;
  shape.context = named.context.value_or(context_of(function));
  shape.line = context_->getSourceManager().getExpansionLineNumber(function->getLocation());
  StringRef name = shape.name;
  bool is_kprobe = shape.hook.kind == HookKind::kKprobe || shape.hook.kind == HookKind::kKretprobe;
  shape.reads_syscall_registers =
      name.starts_with("syscall__") || (is_kprobe && is_syscall_function(shape.hook.target));
  check_parameters(function, shape);
  programs_.push_back(std::move(shape));
}

void DialectReader::check_parameters(clang::FunctionDecl* function, const ProgramShape& shape) {
  using Level = clang::DiagnosticsEngine;
  if (function->getNumParams() > kMaxParameters) {
    report(Level::Error, function->getParamDecl(kMaxParameters)->getBeginLoc(),
           "too many arguments, bcc only supports in-register parameters");
    return;
  }
  for (const auto* parameter : function->parameters()) {
    if (!parameter->getIdentifier()) {
      report(Level::Error, parameter->getBeginLoc(), "arguments to BPF program definition must be named");
    } else if (!fits_register(*context_, parameter->getType())) {
      report(Level::Error, parameter->getBeginLoc(),
             "'%0' does not fit into a register: a parameter is an integer or a pointer")
          << parameter->getName();
    }
  }
  if (function->getNumParams() > 1 && shape.context != ContextKind::kRegisters) {
    report(Level::Error, function->getParamDecl(1)->getBeginLoc(),
           "a program with this context has no parameters after the first: they are read from the registers of a "
           "probed function; its own data is in '%0'")
        << function->getParamDecl(0)->getName();
  }
}

bool DialectReader::VisitVarDecl(clang::VarDecl* variable) {
  const auto* section = variable->getAttr<clang::SectionAttr>();
  if (section && section->getName() == ".maps") add_map(variable);
  if (auto annotations = annotations_of(variable, *context_); !annotations.empty()) {
    spec_.declarations.push_back({map_name(variable), types_->add(variable->getType()), std::move(annotations)});
  }
  return true;
}

void DialectReader::add_map(clang::VarDecl* variable) {
  const auto* record = variable->getType()->getAsRecordDecl();
  std::string name = map_name(variable);
  if (!record || StringRef(name).starts_with(spec::kLostPrefix)) return;
  if (auto* known = find_map(name)) {  // declared once more, to be published
    known->scope = published_scope(variable).str();
    return;
  }
  MapDeclaration declared = read_map(variable, record, *context_, *types_);
  check_map(variable, declared.map, declared.key, declared.value);
  map_places_.push_back(variable->getLocation());
  spec_.maps.push_back(std::move(declared.map));
}

spec::Map* DialectReader::find_map(StringRef name) {
  auto found = std::find_if(spec_.maps.begin(), spec_.maps.end(), [&](const auto& map) { return map.name == name; });
  return found == spec_.maps.end() ? nullptr : &*found;
}

// The inner map may be declared after the outer one.
void DialectReader::check_inner_maps() {
  using Level = clang::DiagnosticsEngine;
  for (size_t i = 0; i < spec_.maps.size(); ++i) {
    const spec::Map& map = spec_.maps[i];
    if (map.inner.empty()) continue;
    const auto* inner = find_map(map.inner);
    if (!inner)
      report(Level::Error, map_places_[i], "the inner map '%0' of '%1' is declared nowhere") << map.inner << map.name;
    else if (!inner->inner.empty()) {
      report(Level::Error, map_places_[i], "inner map %0 has inner map %1") << map.inner << inner->inner;
    }
  }
}

void DialectReader::check_map(clang::VarDecl* variable, const spec::Map& map, clang::QualType key,
                              clang::QualType value) {
  using Level = clang::DiagnosticsEngine;
  auto where = variable->getLocation();
  if (!map.type && map.kind.empty())
    report(Level::Error, where, "map '%0' has no type: add __uint(type, …)") << map.name;
  else if (!map.type) report(Level::Error, where, "unsupported map type: maps/%0") << map.kind;
  if (!value.isNull() && !map.value_size) report(Level::Error, where, "invalid zero-sized leaf");
  if (!key.isNull() && !map.key_size) report(Level::Error, where, "invalid zero-sized key");
  bool is_u64 = !value.isNull() && context_->hasSameUnqualifiedType(value, context_->UnsignedLongLongTy);
  if (map.kind == "histogram" && !is_u64) {
    report(Level::Error, where, "histogram leaf type must be u64, got %0") << value;
  }
  if (holds_maps(map) && map.inner.empty()) {
    report(Level::Error, where, "which maps '%0' holds is not said: BPF_ARRAY_OF_MAPS(name, \"inner map\", entries)")
        << map.name;
  }
}

bool DialectReader::VisitCallExpr(clang::CallExpr* call) {
  const auto* callee = call->getCallee()->IgnoreParenImpCasts();
  if (auto* method = const_cast<clang::MemberExpr*>(llvm::dyn_cast<clang::MemberExpr>(callee))) {
    StringRef table = table_of(method);
    if (auto* map = find_map(table)) read_method(call, method, *map);
  } else if (const auto* function = llvm::dyn_cast<clang::DeclRefExpr>(callee)) {
    if (function->getDecl()->getName() == "__builtin_memcpy") check_print_format(call);
  }
  return true;
}

void DialectReader::read_method(clang::CallExpr* call, clang::MemberExpr* method, spec::Map& map) {
  using Level = clang::DiagnosticsEngine;
  StringRef name = method->getMemberDecl()->getName();
  unsigned arguments = call->getNumArgs();
  if (const auto* integer = integer_as_address(call, *context_)) {
    report(Level::Error, integer->getBeginLoc(), "%0() wants an address here: put & before it") << name;
  }
  if (name == "perf_submit" && arguments >= 2) record_event(map, call->getArg(1));
  if (name == "perf_submit_skb" && arguments >= 3) record_event(map, call->getArg(2));
  if ((name == "ringbuf_output" || name == "ringbuf_submit") && arguments >= 1) record_event(map, call->getArg(0));
  if (name == "increment" || name == "atomic_increment") check_increment(call, map);
  if (name == "insert" && (map.type == 2 || map.type == 6)) {
    report(Level::Warning, method->getMemberLoc(),
           "all element of an array already exist; insert() will have no effect");
  }
  if (name == "get_stackid" && !may_be_stack_trace(map)) {
    report(Level::Error, method->getMemberLoc(), "get_stackid only available on stacktrace maps");
  }
}

void DialectReader::record_event(spec::Map& map, clang::Expr* data) {
  clang::QualType type = data->IgnoreParenCasts()->getType();
  if (type->isPointerType()) type = type->getPointeeType();
  if (type->isRecordType() && !type->isIncompleteType()) map.event = types_->add(type);
}

// increment(key) and increment(key, n): the prototype ends in `...`, so n still has its own type here.
void DialectReader::check_increment(clang::CallExpr* call, const spec::Map& map) {
  using Level = clang::DiagnosticsEngine;
  if (call->getNumArgs() > 2) {
    report(Level::Error, call->getArg(2)->getBeginLoc(),
           "too many arguments to function call, expected at most 2, have %0")
        << call->getNumArgs();
    return;
  }
  auto kind = map.value ? spec_.types[*map.value].kind : spec::TypeKind::kVoid;
  if (kind != spec::TypeKind::kInt && kind != spec::TypeKind::kChar && kind != spec::TypeKind::kEnum) {
    report(Level::Error, call->getBeginLoc(), "increment() wants a map of integers; the leaf of '%0' is none")
        << map.name;
    return;
  }
  if (call->getNumArgs() < 2) return;
  clang::Expr* amount = call->getArg(1);
  if (!amount->getType()->isIntegerType()) {
    report(Level::Error, amount->getBeginLoc(), "increment() wants an integer, not %0") << amount->getType();
    return;
  }
  auto cast = sema_->ImpCastExprToType(amount, context_->UnsignedLongLongTy, clang::CK_IntegralCast);
  if (cast.isUsable()) call->setArg(1, cast.get());
}

void DialectReader::check_print_format(clang::CallExpr* call) {
  using Level = clang::DiagnosticsEngine;
  // The macro bpf_trace_printk copies its format, a literal, into the array `fmt_`.
  const auto* target = llvm::dyn_cast<clang::DeclRefExpr>(call->getArg(0)->IgnoreParenImpCasts());
  const auto* literal = llvm::dyn_cast<clang::StringLiteral>(call->getArg(1)->IgnoreParenImpCasts());
  if (!target || target->getDecl()->getName() != "fmt_" || !call->getBeginLoc().isMacroID()) return;
  if (!literal) return;
  auto where = compiler_.getSourceManager().getExpansionLoc(call->getBeginLoc());
  StringRef format = literal->getString();
  unsigned specifiers = 0, strings = 0;
  for (size_t i = 0; i < format.size(); ++i) {
    unsigned char c = format[i];
    if (c >= 0x80 || (c < 0x20 && !StringRef("\n\t\r").contains(c))) {
      report(Level::Warning, where, "unrecognized character");
      return;
    }
    if (c != '%') continue;
    StringRef rest = format.drop_front(i + 1);
    if (rest.starts_with("%")) {
      ++i;
      continue;
    }
    ++specifiers;
    rest = rest.drop_while([](char d) { return StringRef("0123456789-+ #.").contains(d); });
    bool is_long = rest.consume_front("l");
    is_long |= rest.consume_front("l");
    bool known = !rest.empty() && StringRef(is_long ? "dux" : "duxpsic").contains(rest.front());
    if (!known) {
      report(Level::Warning, where,
             "only %%d %%u %%x %%ld %%lu %%lx %%lld %%llu %%llx %%p %%s conversion specifiers allowed");
      return;
    }
    strings += rest.front() == 's';
  }
  if (specifiers > 3) report(Level::Warning, where, "cannot use more than 3 conversion specifiers");
  if (strings > 1) report(Level::Warning, where, "cannot use several %%s conversion specifiers");
}

}  // namespace sonde::compile
