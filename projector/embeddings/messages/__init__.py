"""Our own .proto of the projector config, under a private package name, and its generated module.

Made with grpcio-tools 1.63, whose modules load with protobuf 5.26 and all later ones:
`python -m grpc_tools.protoc -I. --python_out=. projector/embeddings/messages/*.proto`
"""
