// Pages; PAGE_SIZE is in every program.
#pragma once

#include <asm/page_types.h>

#define PAGE_ALIGN(addr) (((addr) + PAGE_SIZE - 1) & PAGE_MASK)
#define offset_in_page(p) ((unsigned long)(p) & ~PAGE_MASK)
#define PFN_UP(x) (((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x) ((x) >> PAGE_SHIFT)
#define PFN_PHYS(x) ((u64)(x) << PAGE_SHIFT)
#if defined(bpf_target_x86)
// Where the kernel's memory begins is another address at each boot: it is read from the kernel's own variable.
#define SONDE_BASE(variable, otherwise) \
  ({ extern const void variable __attribute__((section(".ksyms"), weak)); \
     unsigned long base_ = otherwise; \
     if (&variable) bpf_probe_read_kernel(&base_, sizeof(base_), &variable); \
     base_; })
#define VMALLOC_START SONDE_BASE(vmalloc_base, 0xffffc90000000000UL)
#define VMEMMAP_START SONDE_BASE(vmemmap_base, 0xffffea0000000000UL)
#define vmemmap ((struct page *)VMEMMAP_START)
#define page_to_pfn(of) (((unsigned long)(of) - VMEMMAP_START) / sizeof(struct page))
#define pfn_to_page(pfn) (vmemmap + (unsigned long)(pfn))
#define page_to_phys(page) ((u64)page_to_pfn(page) << PAGE_SHIFT)
#define page_to_virt(page) ((void *)(SONDE_BASE(page_offset_base, 0xffff888000000000UL) + page_to_phys(page)))
#define page_address(page) page_to_virt(page)
#define __va(address) ((void *)((unsigned long)(address) + SONDE_BASE(page_offset_base, 0xffff888000000000UL)))
#define phys_to_virt(address) __va(address)
#define folio_pfn(folio) page_to_pfn(&(folio)->page)
#endif
