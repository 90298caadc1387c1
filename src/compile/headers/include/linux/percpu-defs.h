// Memory that each processor has a copy of.
#pragma once

// A processor's copy of what a pointer marked __percpu stands for.
#define SONDE_CPU_OFFSET(cpu) \
  ({ extern const void __per_cpu_offset __attribute__((section(".ksyms"))); \
     unsigned long offset_ = 0; \
     bpf_probe_read_kernel(&offset_, sizeof(offset_), (const char *)&__per_cpu_offset + 8UL * (u32)(cpu)); \
     offset_; })
#define per_cpu_ptr(ptr, cpu) ((__typeof__(ptr))((unsigned long)(ptr) + SONDE_CPU_OFFSET(cpu)))
#define this_cpu_ptr(ptr) per_cpu_ptr(ptr, bpf_get_smp_processor_id())
#define raw_cpu_ptr(ptr) this_cpu_ptr(ptr)
#define this_cpu_read(variable) (*this_cpu_ptr(&(variable)))
#define raw_cpu_read(variable) this_cpu_read(variable)
#define __this_cpu_read(variable) this_cpu_read(variable)
#define per_cpu(variable, cpu) (*per_cpu_ptr(&(variable), cpu))
