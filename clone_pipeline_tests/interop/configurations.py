"""Configurations of the old systems, with the keys of their documentation, in words of our own."""

VTX = """
soul:
mind:
  info: use your head
  model: bigscience/bloom-560m
  to_gpu: True
  to_fp16: True
  max_new_tokens: 111
  truncate_length: 1024
  petals: True
  training:
    resume: False
    regen: True
    model_max_length: 256
    padding_side: left
    generate_every: 100
    save_every: 1000
    gradient_checkpointing: True
    peft:
      type: lora
      r: 4
      alpha: 16
      dropout: 0.1
      bias: all
      target_modules:
        - k_proj
        - v_proj
    stage:
      - learning_rate: 0.001
        num_steps: 100000
        datasets:
          - collection1
collections:
  collection1:
    dataset1:
      line_by_line: True
    dataset2:
      duplicate: 2

personas:
  architect:
    bias: 159985870458322944
    persona: I draw the plans of houses that nobody dares to build.
  ryan:
    bias: 806051627198709760
    persona: |-
      I am a powerful computer, known as the Source.
      I follow instructions: "always".
  Short Cirkuitz:
    bias: 625486818321760256
    persona: I make music.
    disposition: [gloomy]
disposition:
  gloomy:
    rain: 1.5

source:
  channel1:
    personas: [architect, ryan]
    passive_chance: 0.01
    active_chance: 0.6
  focus:
    support:
      passive_frequency: 0.02
      active_frequency: 0.22

reddit:
  delay:
    min: 300
    max: 900
  filter:
    - Politics
  followup_frequency: 0.4
  replacers:
    myFriendOnReddit: 806051627198709760
  subs:
    SubSimGPT2Interactive:
      chance: 0.05
      persona: architect
      filter:
        - Grandma
        - baseball
      skip: True
      tags: [pantheon]
      submissions: []
    NoRules:
      frequency: 0.1
      followup_frequency: 0.5
      persona: ryan
      limit: 50
      type: new
    TheInk:
      limit: 100
      type: top
    subreddit1:
  stalk:
    myVictim:
      chance: 0.2
      stalker: architect
      min: 30
      max: 90
      proximal_frequency: 0.1
      followup_frequency: 0.3
      vote: {up: 0.5, down: 0.1, min: 70, max: 700}

discord:
  use_self_token: True
  export_dms: True
  debug: False
  frequency: 0.02
  max_frequency: 0.6
  decay_rate: 0.2
  reply_frequency: 0.5
  mention_self_frequency: 0.9
  mention_any_frequency: 0.07
  bannedUsers: [1151877222035116113]
  bannedServers: [1073945377969029170]
  horde_enabled: True
  musing:
    - frequency: 0.02
      persona: architect
      instruction: Talk about houses.
      prompts: ["A house is", "No wall"]
      channels: [830300981966143489, 830300981966143490]
  servers:
    830300981966143488: # the first
      persona: ryan
      past: 2 weeks
      skip: False
      after: 2022-01-01 12:00
      before: '2023-01-01 12:00'
      subscribe: [new_reddit_submission]
      author: A
      logo: L
      avatar: V
      webhook: https://discord.com/api/webhooks/1/verysecrethook
      link: K
      tags: [ink]
    1041331166592106576:

telegram:
  frequency: 0.7
  persona: ryan

matrix:
  profiles:
    - username: architectbot
      persona: architect
      tag: "[A]"
    - username: ryanbot
      persona: ryan

twitch:
  channel: missiontv
  focus: trade
  personas: [ryan]
x:
  frequency: 0.001
  topics: [What can we do about]
"""

HOTSHOTBOT = """
bot_username: HotBot_SSI
bot_subreddit: SubSimGPT2Interactive
bot_backstory: HotBot is a cheerful gardener who loves beans.
reddit_pass_var: HOT_PASS
reddit_ID_var: HOT_ID
reddit_secret_var: HOT_SECRET
HF_key_var: HOT_HF
Google_API_key_var: HOT_GOOGLE
azure_token_var: HOT_AZURE
azure_endpoint: westus.api.cognitive.microsoft.com
deepai_api_key_var: HOT_DEEPAI
post_textgen_model: someone/ssi-gpt2
post_textgen_parameters:
  max_new_tokens: 240
  num_return_sequences: 2
  temperature: 0.7
  top_k: 40
  repetition_penalty: 1.008
  stop_token: "<|endoftext|>"
  return_full_text: True
post_frequency: 24
post_flair: 0a1b2c3d-1111-2222-3333-444455556666
post_tries: 3
linkpost_share: 0.25
reply_textgen_model: EleutherAI/gpt-j-6B
reply_textgen_parameters:
  max_new_tokens: 90
  num_return_sequences: 1
  temperature: 0.6
  top_k: 50
  repetition_penalty: 1.1
  stop_token: "<|endoftext|>"
  return_full_text: False
force_top_reply: False
followup_only: False
linkpost_only: False
reply_chance: 0.1
trigger_words: [who, what, "?"]
trigger_boost: 0.2
min_reply_score: 0.6
max_levels: 4
character_budget: 20000
negative_keywords: [grandma, base]
toxicity_threshold: 0.8
topic_list: [beans]
topic_classifier: valhalla/distilbart-mnli-12-1
topic_threshold: 0.5
dynamic_prompt: True
read_posts: True
"""

HOT_ENV = {
    f"HOT_{name}": "set" for name in ("PASS", "ID", "SECRET", "HF", "GOOGLE", "AZURE", "DEEPAI")
}
