"""One small tree of errors, each with the status the command line leaves with."""

import pytest

from dalle_explore import errors


@pytest.mark.parametrize(
    ("kind", "parents", "status"),
    [
        (errors.InputError, (errors.DalleExploreError, ValueError), 2),
        (errors.ModelFileError, (errors.InputError, ValueError), 2),
        (errors.DataError, (errors.InputError, ValueError), 2),
        (errors.MachineError, (errors.DalleExploreError, RuntimeError), 1),
    ],
)
def test_an_error_is_caught_by_its_parents_and_knows_its_exit_status(kind, parents, status):
    for parent in parents:
        with pytest.raises(parent) as caught:
            raise kind("n is 0, but at least 1 is needed: give a larger number.")
        assert str(caught.value) == "n is 0, but at least 1 is needed: give a larger number."
    assert kind.exit_status == status


def test_the_tree_holds_nothing_else():
    found = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert found == set(errors.__all__)
    assert errors.DalleExploreError.exit_status == 1


def test_faults_of_the_machine_are_not_faults_of_the_person():
    assert not issubclass(errors.MachineError, errors.InputError)
    assert not issubclass(errors.InputError, errors.MachineError)
