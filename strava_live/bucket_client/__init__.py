"""Bucket's API without Django: the client, its payloads and its errors.

Bucket is the store of the Data-Centric Design Lab for time series of people. Its words:

- A **Thing** belongs to a person. It has any number of properties.
- A **property** is a time series. Its **type** gives each row its columns, which are called **dimensions**.
- A **row** has a timestamp in milliseconds, by which it is identified within its property, and a value for each
  dimension. Rows are called values in Bucket's API.
"""
