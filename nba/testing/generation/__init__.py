"""Random rule sets, and how what fails is made small: for people who extend the library itself."""
