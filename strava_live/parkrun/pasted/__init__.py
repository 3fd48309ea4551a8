"""Reading parkruns out of what an athlete pastes or uploads. Pure; nothing here is fetched and nothing stored."""
