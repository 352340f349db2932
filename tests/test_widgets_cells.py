"""Cells that are run again close what they made, unless somebody holds it."""

from dalle_explore.widgets import cells


class Shell:
    """What ``cells`` asks of IPython."""

    def __init__(self, **names):
        self.user_ns, self.displayhook = {"_oh": {}, **names}, type("Hook", (), {})()
        self.user_ns_hidden = dict(names)


class Widget:
    closed = False

    def close(self):
        self.closed = True


def again(shell, widget):
    import weakref

    cells._before[:] = [weakref.ref(widget)]
    cells._ends(shell)
    return widget.closed


def test_nobody_holds_it():
    assert again(Shell(), Widget())


def test_a_name_holds_it():
    widget = Widget()
    assert not again(Shell(player=widget), widget)


def test_a_list_in_a_dict_holds_it():
    widget = Widget()
    assert not again(Shell(views={"mine": [widget]}), widget)


def test_the_history_of_outputs_does_not_hold_it():
    widget = Widget()
    shell = Shell(_=widget, _3=widget, _oh={3: widget})
    assert again(shell, widget)
    assert shell.user_ns_hidden == {"_": "", "_oh": {}}
    assert shell.user_ns["_oh"] == {} and shell.user_ns["_"] == "" and "_3" not in shell.user_ns
