"""What a parkrun is: where and when events are held, and whether an activity was one."""
