create database metastore owner metastore
