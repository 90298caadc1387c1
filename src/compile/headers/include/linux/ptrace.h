// Registers at a probe; PT_REGS_* are in every program.
#pragma once

#include <asm/page.h>

#define instruction_pointer(regs) PT_REGS_IP(regs)
#define kernel_stack_pointer(regs) PT_REGS_SP(regs)
#define user_stack_pointer(regs) PT_REGS_SP(regs)
#define frame_pointer(regs) PT_REGS_FP(regs)
#define regs_return_value(regs) PT_REGS_RC(regs)
#if defined(bpf_target_x86)
#define user_mode(regs) (((regs)->cs & 3) == 3)
// Behind the registers of a system call lies what FRED pushes, in kernels that have it.
#define SONDE_STACK_PADDING \
  ({ struct fred_info___any {}; __builtin_preserve_type_info(*(struct fred_info___any *)0, 0) ? 16 : 0; })
#elif defined(bpf_target_arm64)
#define user_mode(regs) (((regs)->pstate & 15) == 0)
#define SONDE_STACK_PADDING 0
#endif
#define task_pt_regs(task) \
  ((struct pt_regs *)((unsigned long)(task)->stack + THREAD_SIZE - SONDE_STACK_PADDING) - 1)
#define current_pt_regs() task_pt_regs((struct task_struct *)bpf_get_current_task())
