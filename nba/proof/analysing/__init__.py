"""What is wrong with a set of rules that no single case shows. Its door is `nba.proof.analyse`."""
