"""Whether the documents answer a question at all (answerability; SQuAD 2.0, Rajpurkar et al. 2018), learnt."""
