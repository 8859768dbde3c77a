"""What people write: the YAML of packs, houses and cases as typed models, each value with its place in its file."""
