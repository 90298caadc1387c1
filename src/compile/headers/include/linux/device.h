// Devices and their names.
#pragma once

#define dev_name(dev) ({ __auto_type dev_ = (dev); dev_->init_name ? dev_->init_name : dev_->kobj.name; })
#define kobject_name(kobj) ((kobj)->name)
