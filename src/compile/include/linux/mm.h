// Memory.
#pragma once

#include <asm/page.h>
#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/page-flags.h>
#include <linux/sched.h>

#define vma_pages(vma) (((vma)->vm_end - (vma)->vm_start) >> PAGE_SHIFT)
#define page_ref_count(page) atomic_read(&(page)->_refcount)
#define page_count(page) atomic_read(&(page)->_refcount)
