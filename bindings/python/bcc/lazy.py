"""Attributes that are worked out when they are first looked at."""


class lazy:
    """A method as an attribute: called once, its result kept in the instance under the same name."""

    def __init__(self, make):
        self.make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.make(instance)
        return value


class lazy_class_attribute:
    """The same for a class: its value replaces it in the class that has it."""

    def __init__(self, make):
        self.make = make

    def __set_name__(self, owner, name):
        self.owner, self.name = owner, name

    def __get__(self, instance, owner):
        value = self.make()
        setattr(self.owner, self.name, value)
        return value
