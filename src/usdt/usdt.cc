// The public class Usdt.
#include "sonde/usdt.h"

#include "kernel/features.h"
#include "usdt/context.h"
#include "usdt/reader_text.h"

namespace sonde {
namespace {

Result<Usdt> shared(Result<usdt::Context> context, Usdt (*make)(std::shared_ptr<usdt::Context>)) {
  if (!context) return tl::unexpected(context.error());
  return make(std::make_shared<usdt::Context>(std::move(*context)));
}

}  // namespace

Result<Usdt> Usdt::of_path(const std::string& path, int pid) {
  return shared(usdt::open_path(path, pid),
                [](std::shared_ptr<usdt::Context> context) { return Usdt(std::move(context)); });
}

Result<Usdt> Usdt::of_process(int pid) {
  return shared(usdt::open_process(pid),
                [](std::shared_ptr<usdt::Context> context) { return Usdt(std::move(context)); });
}

Status Usdt::enable(const std::string& probe, const std::string& program) {
  return usdt::enable(*context_, probe, program);
}

Usdt Usdt::in_any_process() const {
  usdt::Context copy = *context_;
  copy.pid = -1;
  return Usdt(std::make_shared<usdt::Context>(std::move(copy)));
}

Result<std::string> Usdt::readers() const {
  const usdt::Context* one[] = {context_.get()};
  ASSIGN_OR_RETURN(usdt::Readers readers, usdt::make_readers(one, kernel::has_feature("perf_event_cookie")));
  return std::move(readers.text);
}

}  // namespace sonde
