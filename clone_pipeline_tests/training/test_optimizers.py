import pytest
import torch

from clone_pipeline.training.adamw import AdamW
from clone_pipeline.training.galore import GaLore, strongest


def galore(parameters: list[torch.nn.Parameter], **changes: object) -> GaLore:
    known: dict[str, object] = {
        "rank": 4,
        "update_proj_gap": 5,
        "scale": 1.0,
        "proj_type": "std",
    }
    return GaLore(parameters, **{**known, **changes})  # type: ignore[arg-type]


def descend(optimizer: AdamW | GaLore, weight: torch.nn.Parameter, goal: torch.Tensor) -> float:
    for _ in range(200):
        ((weight.float() - goal) ** 2).sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step(0.02)
    return float(((weight.float() - goal) ** 2).mean().detach())


def test_adamw_does_what_torch_s_does() -> None:
    torch.manual_seed(0)
    mine = [torch.nn.Parameter(torch.randn(5, 3)), torch.nn.Parameter(torch.randn(4))]
    theirs = [torch.nn.Parameter(each.detach().clone()) for each in mine]
    ours = AdamW(mine, weight_decay=0.1)
    reference = torch.optim.AdamW(theirs, lr=0.01, betas=(0.9, 0.99), weight_decay=0.1)
    for number in range(20):
        for parameters in (mine, theirs):
            sum((each**3).sum() * (number + 1) for each in parameters).backward()  # type: ignore[union-attr]
        ours.step(0.01)
        reference.step()
        reference.zero_grad()
    for one, other in zip(mine, theirs, strict=True):
        torch.testing.assert_close(one, other)


def test_bfloat16_parameters_move_by_steps_smaller_than_they_can_show() -> None:
    weight = torch.nn.Parameter(torch.ones(8, dtype=torch.bfloat16))
    optimizer = AdamW([weight])
    for _ in range(100):
        weight.sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step(1e-4)
    assert float(weight[0].detach()) == pytest.approx(0.99, abs=0.004)


def test_galore_of_full_rank_and_scale_1_descends_like_adamw() -> None:
    torch.manual_seed(0)
    goal, start = torch.randn(6, 10), torch.randn(6, 10)
    weight = torch.nn.Parameter(start.clone())
    before = float(((start - goal) ** 2).mean())
    assert descend(galore([weight], rank=6), weight, goal) < before / 10
    plain = torch.nn.Parameter(start.clone())
    assert descend(AdamW([plain]), plain, goal) < before / 10


@pytest.mark.parametrize("proj_type", ["std", "reverse_std", "left", "right"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_galore_learns_a_low_rank_goal_whichever_side_it_projects(
    proj_type: str, dtype: torch.dtype
) -> None:
    torch.manual_seed(0)
    goal = torch.randn(12, 2) @ torch.randn(2, 7)
    weight = torch.nn.Parameter(torch.zeros(12, 7, dtype=dtype))
    before = float((goal**2).mean())
    after = descend(galore([weight], proj_type=proj_type), weight, goal)
    assert after < before / 20


def test_galore_keeps_moments_of_the_low_rank_only() -> None:
    weight = torch.nn.Parameter(torch.randn(64, 32))
    state = galore([weight], rank=4).tensors()
    assert state["galore.0.first"].shape == (4, 64)
    assert state["galore.0.basis"].shape == (32, 4)
    assert all(type(tensor) is torch.Tensor for tensor in state.values())


def test_the_basis_is_orthonormal_and_holds_the_strongest_directions() -> None:
    torch.manual_seed(0)
    strong = torch.linalg.qr(torch.randn(30, 3))[0]
    gradient = strong @ torch.diag(torch.tensor([9.0, 7.0, 5.0])) @ torch.randn(3, 40)
    gradient = gradient + 0.1 * torch.randn(30, 40)
    basis = strongest(gradient, torch.randn(30, 3))
    torch.testing.assert_close(basis.T @ basis, torch.eye(3), atol=1e-5, rtol=0)
    assert float(((basis.T @ strong) ** 2).sum()) > 2.95


def test_a_state_written_back_goes_on_as_if_never_left() -> None:
    for make in (lambda p: AdamW(p), lambda p: galore(p)):
        torch.manual_seed(0)
        goal = torch.randn(6, 10)
        one, other = (torch.nn.Parameter(torch.zeros(6, 10)) for _ in range(2))
        first = make([one])
        for number in range(12):
            ((one - goal) ** 2).sum().backward()  # type: ignore[no-untyped-call]
            first.step(0.01)
            if number == 6:
                kept = {name: each.detach().clone() for name, each in first.tensors().items()}
        second = make([other])
        for name, tensor in second.tensors().items():
            tensor.detach().copy_(kept[name])
        second.publish()
        for _ in range(5):
            ((other - goal) ** 2).sum().backward()  # type: ignore[no-untyped-call]
            second.step(0.01)
        torch.testing.assert_close(one, other)
