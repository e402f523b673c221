from pathlib import Path

import torch

from clone_pipeline.local_model import loading
from clone_pipeline.local_model.attention import attend
from clone_pipeline.local_model.generating import generate
from clone_pipeline.local_model.loading import LocalModel


def reference(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    asked, known = query.shape[2], key.shape[2]
    seen = torch.ones(asked, known, dtype=torch.bool).tril(known - asked)
    return torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=seen, enable_gqa=True
    ).transpose(1, 2)


def test_products_are_scaled_dot_product_attention_with_shared_keys() -> None:
    torch.manual_seed(0)
    for asked, known in ((7, 7), (1, 7), (3, 7)):
        query = torch.randn(2, 6, asked, 8)
        key, value = torch.randn(2, 3, known, 8), torch.randn(2, 3, known, 8)
        found, _ = attend(None, query, key, value, None)
        torch.testing.assert_close(found, reference(query, key, value))


def test_a_mask_hides_what_it_says() -> None:
    torch.manual_seed(0)
    query, key = torch.randn(1, 4, 5, 8), torch.randn(1, 2, 5, 8)
    seen = torch.ones(1, 1, 5, 5, dtype=torch.bool).tril()
    plain, _ = attend(None, query, key, key, None)
    for mask in (seen, torch.where(seen, 0.0, -1e30)):
        masked, _ = attend(None, query, key, key, mask)
        torch.testing.assert_close(masked, plain)


def test_a_model_says_the_same_with_and_without_it(tiny: LocalModel, tiny_folder: Path) -> None:
    other = loading.load(tiny_folder, dtype="float32")
    other.model.set_attn_implementation("sdpa")
    ids = torch.arange(40).reshape(2, 20)
    with torch.no_grad():
        torch.testing.assert_close(tiny.model(ids).logits, other.model(ids).logits)
    assert generate(tiny, "Beans", max_new_tokens=8, temperature=0) == generate(
        other, "Beans", max_new_tokens=8, temperature=0
    )
