"""Read parkrun results from text that an athlete pastes or uploads. Pure: no network and no database."""
