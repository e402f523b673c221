"""Classifiers with random weights, made on the spot: two layers, 32 wide."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

END = "<|endoftext|>"
TEXTS = (
    "I love NLP! Can we restart 2020?",
    "Here is a free textbook in case anyone needs it.",
    "Did you water the tomatoes this morning, or did the rain do it for you?",
)
TOXIC = ("toxic", "insult", "threat")


def make_dialogrpt(folder: Path, *, seed: int = 0, positions: int = 128) -> Path:
    """As microsoft/DialogRPT-width is saved: GPT-2 with one score and without a padding token."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import (
        GPT2Config,
        GPT2ForSequenceClassification,
        PreTrainedTokenizerFast,
    )

    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=[END], initial_alphabet=alphabet, show_progress=False
    )
    words.train_from_iterator(TEXTS, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, bos_token=END, eos_token=END)
    tokenizer.save_pretrained(str(folder))
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=len(tokenizer), n_positions=positions, n_embd=32, n_layer=2, n_head=2,
        num_labels=1, initializer_range=0.5, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    GPT2ForSequenceClassification(config).save_pretrained(str(folder))
    return folder


def make_bert(
    folder: Path, *, labels: Sequence[str] = TOXIC, independent: bool = True, positions: int = 32,
    seed: int = 0,
) -> Path:  # fmt: skip
    """As unitary/toxic-bert is saved, or with one label as a cross-encoder."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    tokenizer = _bert_tokenizer(positions)
    tokenizer.save_pretrained(str(folder))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=positions, initializer_range=0.3,
        id2label=dict(enumerate(labels)), label2id={label: at for at, label in enumerate(labels)},
        problem_type="multi_label_classification" if independent else None,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(str(folder))
    return folder


def make_roberta(folder: Path, *, positions: int = 34) -> Path:
    """As unitary/unbiased-toxic-roberta: its positions begin behind the padding's number."""
    import torch
    from transformers import RobertaConfig, RobertaForSequenceClassification

    tokenizer = _bert_tokenizer(None)
    tokenizer.save_pretrained(str(folder))
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=positions, type_vocab_size=1,
        num_labels=2, initializer_range=0.3, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    RobertaForSequenceClassification(config).save_pretrained(str(folder))
    return folder


def direct(folder: Path, *given: str, **how: Any) -> list[float]:
    """The logits that transformers gives one text or pair, without padding and truncation."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    model = AutoModelForSequenceClassification.from_pretrained(str(folder)).eval()
    tokens = tokenizer(*given, return_tensors="pt", **how)
    with torch.inference_mode():
        return [float(each) for each in model(**tokens).logits[0]]


def _bert_tokenizer(positions: int | None) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    words = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    words.normalizer = normalizers.BertNormalizer()
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    alphabet = [chr(number) for number in range(33, 127)]
    trainer = trainers.WordPieceTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    words.train_from_iterator(TEXTS, trainer)
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )  # fmt: skip
    limit = {} if positions is None else {"model_max_length": positions}
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **limit,
    )  # fmt: skip
