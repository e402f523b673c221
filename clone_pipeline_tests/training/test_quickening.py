from pathlib import Path

import torch

from clone_pipeline.local_model import loading
from clone_pipeline.training import lora
from clone_pipeline.training.loss import mean_loss
from clone_pipeline.training.quickening import quicken


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    ids = torch.randint(3, 500, (3, 24))
    labels = ids.clone()
    labels[:, :9] = -100
    return ids, labels


def adapted(folder: Path, *, dropout: float = 0.0) -> torch.nn.Module:
    model = lora.attach(
        loading.load_weights(folder, dtype="float32"), r=4, alpha=8, dropout=dropout, seed=0
    )
    for name, each in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(each, std=0.05)
    return model  # type: ignore[no-any-return]


def gradients(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


def test_the_chunked_loss_and_its_gradients_are_transformers_own(tiny_folder: Path) -> None:
    ids, labels = batch()
    mine, theirs = (loading.load_weights(tiny_folder, dtype="float32") for _ in range(2))
    for model in (mine, theirs):
        model.get_input_embeddings().requires_grad_(False)
    loss = mean_loss(mine, ids, labels)
    loss.backward()
    expected = theirs(input_ids=ids, labels=labels).loss
    expected.backward()
    torch.testing.assert_close(loss, expected)
    reference = gradients(theirs)
    for name, gradient in gradients(mine).items():
        torch.testing.assert_close(gradient, reference[name], msg=name)


def test_a_quickened_model_has_the_same_loss_and_gradients(tiny_folder: Path) -> None:
    ids, labels = batch()
    plain, quick = adapted(tiny_folder), adapted(tiny_folder)
    quick.load_state_dict(plain.state_dict())
    assert quicken(quick) == 2 * 2 + 1 + 2 + 2 * 7
    for model in (plain, quick):
        for module in model.modules():
            if type(module).__name__ == "LlamaRMSNorm":
                module.weight.requires_grad_(True)
        mean_loss(model, ids, labels).backward()
    reference = gradients(plain)
    found = gradients(quick)
    assert found.keys() == reference.keys()
    for name, gradient in found.items():
        torch.testing.assert_close(gradient, reference[name], atol=1e-6, rtol=1e-4, msg=name)


def test_adapters_with_dropout_stay_peft_s(tiny_folder: Path) -> None:
    assert quicken(adapted(tiny_folder, dropout=0.1)) == 2 * 2 + 1 + 2
